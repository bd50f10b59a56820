"""What becomes of an invented case: its steps, told under the rules that live cases follow."""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from random import Random
from typing import Any

from db import search
from db.queries.cases import NO_DUE
from portal import languages
from portal.clock import ISTANBUL
from portal.rules import laws, ledger, lifecycle, references, reporting, routing
from portal.rules.ledger import Limit, Line
from portal.rules.lifecycle import Status
from portal.seeding.plan import Step
from portal.seeding.story import AT_THE_DESK, Story
from portal.seeding.world import World
from portal.services import clocks, filing, history, letters
from portal.services.history import PastCase, PastClock, PastLetter, Row

_CALLED = "Telefonla arandı, sonuç bildirildi."


class Life:
    """One case on its way; `past_case` is what it has come to."""

    def __init__(self, world: World, rng: Random, story: Story) -> None:
        self._world, self._rng, self._story = world, rng, story
        self._status = Status.NEW
        self._department = story.category.department_id
        self._assignee: int | None = None
        self._version, self._bounces = 1, 0
        self._since = self._changed = story.received_at
        self._closed_at: datetime | None = None
        self._answered_at: datetime | None = None
        self._reason, self._planned_on = "", None
        self._events: list[Row] = []
        self._clocks: list[PastClock] = []
        self._letters: list[PastLetter] = []
        self._messages: list[Row] = []
        self._words = [story.words]
        self._due_at: datetime | None = None
        self._due_kind = ""
        self._open()

    def live(self, steps: Iterator[Step]) -> "Life":
        """Take the steps one after another, until the world ends."""
        for step in steps:
            if step.at >= self._world.until:
                break
            self._take(step, step.at.replace(microsecond=0))
        return self

    def past_case(self) -> PastCase:
        """All rows of this life."""
        story = self._story
        return PastCase(
            case=self._case(),
            submission=self._submission(),
            search_words=self._search_words(),
            events=self._events,
            clocks=self._clocks,
            person={"name": story.name, "created_at": story.received_at} if story.name else None,
            points=list(self._points()),
            letters=self._letters,
            messages=self._messages,
        )

    def _open(self) -> None:
        story, at = self._story, self._story.received_at
        operator = self._world.somebody(self._rng, self._world.operators)
        by_desk = story.channel in AT_THE_DESK
        self._entered_by = operator if by_desk else None
        self._events.append(
            {
                "at": at,
                "kind": "opened",
                "actor": "staff" if by_desk else "citizen",
                "by_id": self._entered_by,
                "status_to": Status.NEW.value,
                "department_to_id": self._department,
                "is_public": True,
            }
        )
        if story.channel in ("whatsapp", "social"):
            self._hear(story.words, at, story.channel)
        self._start_clocks()
        self._write("received", "", at)

    def _take(self, step: Step, at: datetime) -> None:
        frm, self._status = self._status, step.to
        department_from = self._department
        self._version += 1
        self._since = self._changed = at
        by_citizen = step.kind in ("information", "objection") or step.to == Status.WITHDRAWN
        by = None if by_citizen else self._by(step)
        if step.to == Status.OBJECTED:
            self._object(at)
        self._move_clocks(frm, step.to, at)
        self._end_or_reopen(step, at)
        self._planned_on = step.planned_on
        self._events.append(
            {
                "at": at,
                "kind": step.kind,
                "actor": "citizen" if by_citizen else "staff",
                "by_id": by,
                "status_from": frm.value,
                "status_to": step.to.value,
                "department_from_id": department_from,
                "department_to_id": self._department,
                "assignee_to_id": self._assignee if step.kind == "assigned" else None,
                "words": step.words,
                "is_public": True,
                "case_version": self._version,
                "facts": _facts_of(step),
            }
        )
        if step.words and by_citizen:
            self._hear(step.words, at, "web")
        elif step.words:
            self._write("question" if step.to == Status.WAITING else "closing", step.words, at)

    def _by(self, step: Step) -> int | None:
        """Who acts; the first who gets a case mostly keeps it."""
        if step.kind == "assigned":
            self._department = step.department_id or self._department
            clerk = self._world.somebody(self._rng, self._world.clerks[self._department])
            self._assignee = clerk if self._rng.random() < 0.8 else None
            return self._world.somebody(self._rng, self._world.operators)
        return self._assignee

    def _end_or_reopen(self, step: Step, at: datetime) -> None:
        self._answered_at = None
        if lifecycle.is_open(step.to):
            self._closed_at, self._reason = None, ""
        else:
            self._closed_at = at
            self._reason = step.reason if step.to == Status.DECLINED else ""

    def _hear(self, words: str, at: datetime, channel: str) -> None:
        self._words.append(words)
        channel_id = f"{channel}-{self._story.reference}-{len(self._messages)}"
        self._messages.append(
            {"direction": "in", "channel": channel, "channel_id": channel_id, "words": words, "at": at}
        )

    def _write(self, kind: str, words: str, at: datetime) -> None:
        """A letter on the way that reaches this person, or the call that was made instead."""
        story = self._story
        reachable = story.email or (story.phone if kind != "received" else "")
        channel = "email" if story.email else "phone" if reachable else "web"
        is_answer = kind == "closing"
        subject, text = letters.compose(kind, "tr", words=words, **self._facts())
        letter = PastLetter(
            {
                "kind": kind,
                "channel": channel,
                "address": reachable,
                "subject": subject,
                "words": text,
                "message_id": f"{self._rng.getrandbits(128):032x}.{story.reference}",
                "is_answer": is_answer,
                "state": "call" if channel == "phone" else "sent",
                "attempts": 1 if channel == "email" else 0,
                "created_at": at,
                "next_try_at": at,
                "sent_at": None if channel == "phone" else at,
            }
        )
        answered_at: datetime | None = at
        if channel == "phone":
            letter.callback = self._call(words, at)
            answered_at = letter.callback["done_at"]
        self._letters.append(letter)
        if is_answer:
            self._answered_at = answered_at

    def _call(self, words: str, at: datetime) -> Row:
        called_at = self._world.at_work(at + timedelta(minutes=20 + int(self._rng.random() * 300)), self._rng)
        caller = self._world.somebody(self._rng, self._world.operators)
        is_done = called_at < self._world.until
        return {
            "reason": "no_channel",
            "words": words,
            "created_at": at,
            "done_at": called_at if is_done else None,
            "done_by_id": caller if is_done else None,
            "outcome": _CALLED if is_done else "",
        }

    def _facts(self) -> dict[str, str]:
        story, town = self._story, self._world.town
        return {
            "name": story.name or "başvuru sahibi",
            "reference": references.grouped(story.reference),
            "topic": story.category.name_tr,
            "department": town.departments[self._department].name_tr,
            "status": languages.LANGUAGES["tr"].gettext(lifecycle.STEPS[self._status].label),
            "received": _day(story.received_at),
            "due": _day(self._due_at) if self._due_at else "–",
            "town": town.facts.get("name", ""),
            "phone": town.facts.get("phone", ""),
        }

    def _start_clocks(self) -> None:
        """The town's own target and the law's limit each keep their own ledger."""
        for promise in clocks.promises(self._story.category):
            self._start_clock(promise, self._story.received_at)
        self._due_at, self._due_kind = history.nearest(self._clocks)

    def _start_clock(self, promise: Mapping[str, Any], at: datetime) -> None:
        due_at = self._world.due(at, promise["value"], promise["unit"], round_the_clock=promise["round_the_clock"])
        self._clocks.append(history.past_clock(promise, at, due_at, self._world.town.calendar))

    def _object(self, at: datetime) -> None:
        """Whoever closed a case is not who judges the objection."""
        self._department, self._assignee = self._world.centre, None
        term = laws.TERMS["objection"]
        value = laws.term(self._world.town.facts, term.name)
        self._start_clock({"kind": "objection", "value": value, "unit": term.unit, "round_the_clock": False}, at)

    def _move_clocks(self, frm: Status, to: Status, at: datetime) -> None:
        before, after = lifecycle.clock_of(frm), lifecycle.clock_of(to)
        if before == after:
            return
        for each in self._clocks:
            act = clocks.act_for(each.clock["kind"], each.clock["state"], after)
            if act:
                history.note(each, act, at, due_at=self._due_after(each, act, at))
        rests = after not in ("runs", "own")
        self._due_at, self._due_kind = (None, "") if rests else history.nearest(self._clocks)

    def _due_after(self, past: PastClock, act: str, at: datetime) -> datetime:
        """What the ledger gives after this line; only the end of a wait moves a date."""
        clock = past.clock
        if clock["state"] != "paused":
            return past.entries[-1]["due_at"]
        limit = Limit(clock["value"], clock["unit"], clock["round_the_clock"])
        lines = [Line(each["act"], each["at"], each["due_at"]) for each in past.entries]
        lines.append(Line(act, at, clock["due_at"]))
        return ledger.reckon(limit, lines, self._world.town.calendar).due.at

    def _case(self) -> Row:
        story, category = self._story, self._story.category
        return {
            "reference": story.reference,
            "subject": filing.subject_of(story.words),
            "category_id": category.id,
            "department_id": self._department,
            "assignee_id": self._assignee,
            "status": self._status.value,
            "is_open": lifecycle.is_open(self._status),
            "priority": routing.priority_for(category.priority, story.answers),
            "channel": story.channel,
            "neighbourhood_id": story.quarter.id if story.quarter else None,
            "street": story.street,
            "place_note": story.place_note,
            "latitude": story.latitude,
            "longitude": story.longitude,
            "is_special": category.is_special,
            "received_at": story.received_at,
            "entered_at": story.received_at,
            "due_at": self._due_at,
            "due_order": self._due_at or NO_DUE,
            "due_kind": self._due_kind,
            "status_since": self._since,
            "changed_at": self._changed,
            "closed_at": self._closed_at,
            "answered_at": self._answered_at,
            "closing_reason": self._reason,
            "planned_on": self._planned_on,
            "bounces": self._bounces,
            "version": self._version,
        }

    def _submission(self) -> Row:
        story = self._story
        nonce = f"{self._rng.getrandbits(64):016x}"
        key = references.derive_key(self._world.secret, story.reference, nonce)
        return {
            "reference": story.reference,
            "key_nonce": nonce,
            "key_hash": references.key_hash(key),
            "channel": story.channel,
            "words": story.words,
            "answers": reporting.answered(story.category.questions, story.answers),
            "reply_channel": "email" if story.email else "phone" if story.phone else "web",
            "entered_by_id": self._entered_by,
            "received_at": story.received_at,
            "entered_at": story.received_at,
        }

    def _points(self) -> Iterator[Row]:
        story = self._story
        if story.email:
            yield {"kind": "email", "value": story.email, "created_at": story.received_at}
        if story.phone:
            yield {
                "kind": "phone",
                "value": story.phone,
                "last4": story.phone[-4:],
                "created_at": story.received_at,
            }

    def _search_words(self) -> str:
        story = self._story
        quarter = story.quarter.name if story.quarter else ""
        return search.index_text(
            *self._words,
            story.category.name_tr,
            quarter,
            story.street,
            story.place_note,
            story.name,
            story.reference,
        )


def _facts_of(step: Step) -> Row:
    if step.to == Status.MERGED:
        return {"into": step.reason}
    if step.planned_on:
        return {"planned_on": step.planned_on.isoformat()}
    return {"reason": step.reason} if step.reason else {}


def _day(moment: datetime) -> str:
    here = moment.astimezone(ISTANBUL)
    return f"{here.day:02}.{here.month:02}.{here.year}"
