"""What may be done with the time of an application: extend it, let it stand still, correct where it began."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, ClassVar

from portal.rules import deadlines, laws, lifecycle, outcomes
from portal.rules.ledger import Line
from portal.rules.lifecycle import Status
from portal.rules.refusal import Refused, msgid
from portal.services import casework, clocks
from portal.services.proceedings.matter import Matter

MOST_WORDS = 4000


def check_words(words: str, missing: str, field: str = "words") -> None:
    """Refuses an empty text and one that is too long."""
    if not words:
        raise Refused(missing, field=field)
    if len(words) > MOST_WORDS:
        raise Refused(
            "Metin en fazla %(most)s karakter olabilir; kısaltıp yeniden gönderin.", field=field, most=MOST_WORDS
        )


@dataclass(frozen=True)
class Extension:
    """Fifteen working days more, told with the reason before the first fifteen have passed (4982 art. 11)."""

    name: ClassVar[str] = "uzatma"
    letter: ClassVar[str] = "extension"

    reason: str = ""
    words: str = ""

    @staticmethod
    def check_state(matter: Matter) -> None:
        clock = matter.legal
        outcomes.check_extension(
            law=clock.law,
            state=clock.state,
            extensions=matter.extensions,
            due_on=deadlines.local_day(clock.due_at),
            today=matter.today,
        )

    def check(self, matter: Matter) -> None:
        self.check_state(matter)
        outcomes.check_extension_reason(self.reason)
        check_words(self.words, msgid("Uzatmanın nedenini başvurana açıklayan metni yazın."))

    def facts(self, matter: Matter) -> dict[str, Any]:
        clock, added = matter.legal, laws.term(matter.town.facts, "information_extension")
        line = Line("extended", matter.now, clock.due_at, added)
        after = clocks.due_with(clock, matter.ledger_of(clock), line, matter.town.calendar)
        reason = outcomes.EXTENSION_REASONS[self.reason]
        return {"words": f"{reason}. {self.words}", "due_on": deadlines.local_day(after), "extension": added}

    def apply(self, matter: Matter, *, seen: int) -> None:
        clock, added = matter.legal, laws.term(matter.town.facts, "information_extension")
        before = clock.due_at
        matter.write(
            clock, "extended", value=added, basis=laws.TERMS["information_extension"].basis, told_on=matter.today
        )
        # The town's own target of days was set with the law's first limit in mind.
        for target in matter.targets("running"):
            if target.unit == clock.unit:
                matter.write(target, "extended", value=added, basis=laws.TERMS["information_extension"].basis)
        matter.settle(clocks.EXTENSION_NOTICE)
        matter.keep(
            "extended",
            seen=seen,
            words=self.words,
            reason=self.reason,
            **{"from": before.isoformat(), "to": clock.due_at.isoformat()},
        )


@dataclass(frozen=True)
class FeeNotice:
    """What access costs, told before anything is copied; the time stands still till it is paid (4982 art. 10, 11)."""

    name: ClassVar[str] = "ucret"
    letter: ClassVar[str] = "cost"

    pages: int | None = None
    fee_kurus: int | None = None
    words: str = ""

    @staticmethod
    def check_state(matter: Matter) -> None:
        outcomes.check_fee(
            law=matter.legal.law,
            state=matter.legal.state,
            is_told=matter.application.fee_told_on is not None,
        )

    def check(self, matter: Matter) -> None:
        self.check_state(matter)
        outcomes.check_price(fee_kurus=self.fee_kurus, pages=self.pages)
        check_words(self.words, msgid("Ücretin nereye ve nasıl ödeneceğini yazın."))

    def facts(self, matter: Matter) -> dict[str, Any]:
        pay_by = deadlines.local_day(self._pay_by(matter))
        return {"words": self.words, "pages": self.pages, "fee_kurus": self.fee_kurus, "pay_by": pay_by}

    def apply(self, matter: Matter, *, seen: int) -> None:
        clock, facts = matter.legal, matter.town.facts
        act = "interrupted" if laws.fee_restarts(facts) else "paused"
        matter.write(clock, act, basis="4982 m.11", told_on=matter.today)
        for target in matter.targets("running"):
            matter.write(target, "paused", basis="4982 m.11")
        term = laws.TERMS["information_fee"]
        matter.owe(clocks.FEE, value=laws.term(facts, term.name), unit=term.unit)
        application = matter.application
        application.pages, application.fee_kurus, application.fee_told_on = self.pages, self.fee_kurus, matter.today
        matter.keep("fee_told", seen=seen, words=self.words, pages=self.pages, fee_kurus=self.fee_kurus)

    def _pay_by(self, matter: Matter) -> datetime:
        term = laws.TERMS["information_fee"]
        value = laws.term(matter.town.facts, term.name)
        return deadlines.due(matter.now, value, term.unit, matter.town.calendar).at  # type: ignore[arg-type]


@dataclass(frozen=True)
class Payment:
    """The fee was paid: the time goes on from that day."""

    name: ClassVar[str] = "odeme"
    letter: ClassVar[str] = ""

    paid_on: date | None = None

    @staticmethod
    def check_state(matter: Matter) -> None:
        if matter.owed(clocks.FEE) is None:
            raise Refused("Bu başvuruda beklenen bir ödeme yok.")

    def check(self, matter: Matter) -> None:
        self.check_state(matter)
        if self.paid_on is None:
            raise Refused("Ödemenin yapıldığı günü girin.", field="paid_on")
        told_on = matter.application.fee_told_on
        if self.paid_on > matter.today or (told_on is not None and self.paid_on < told_on):
            raise Refused("Ödeme günü, ücretin bildirildiği gün ile bugün arasında olmalı.", field="paid_on")

    def apply(self, matter: Matter, *, seen: int) -> None:
        paid_on = self.paid_on or matter.today
        clock = matter.legal
        since = matter.ledger_of(clock)[-1].at
        # On a day the town was told of afterwards, the payment counts as made when the day began.
        at = None if paid_on == matter.today else max(since, deadlines.start_of(paid_on))
        for each in (clock, *matter.targets("paused")):
            matter.write(each, "resumed", at=at, basis="4982 m.11")
        matter.settle(clocks.FEE)
        matter.application.fee_paid_on = paid_on
        matter.keep("fee_paid", seen=seen, paid_on=paid_on.isoformat())


@dataclass(frozen=True)
class Lapse:
    """The fee was not paid in time: the applicant counts as having withdrawn, and is told so (4982 art. 11)."""

    name: ClassVar[str] = "vazgecme"
    letter: ClassVar[str] = "answer"

    words: str = ""

    @staticmethod
    def check_state(matter: Matter) -> None:
        fee = matter.owed(clocks.FEE)
        if fee is None:
            raise Refused("Bu başvuruda beklenen bir ödeme yok.")
        outcomes.check_lapse(pay_by=fee.due_at, now=matter.now)
        lifecycle.check_move(Status(matter.case.status), Status.WITHDRAWN)

    def check(self, matter: Matter) -> None:
        self.check_state(matter)
        check_words(self.words, msgid("Başvurudan neden vazgeçilmiş sayıldığını başvurana açıklayın."))

    def facts(self, matter: Matter) -> dict[str, Any]:
        return {"words": self.words}

    def apply(self, matter: Matter, *, seen: int) -> None:
        matter.application.outcome = outcomes.LAPSED
        matter.application.outcome_words = self.words
        matter.application.decided_at = matter.now
        move = casework.Move(Status.WITHDRAWN, reply=self.words)
        casework.change_status(
            matter.tx, matter.case, move, seen=seen, by=matter.by, town=matter.town, now=matter.now, decided=True
        )


@dataclass(frozen=True)
class Progress:
    """How far the matter has come; the result is then still owed (3071 art. 7)."""

    name: ClassVar[str] = "safahat"
    letter: ClassVar[str] = "progress"

    words: str = ""

    @staticmethod
    def check_state(matter: Matter) -> None:
        if matter.application.kind != "petition":
            raise Refused("İşlemin safahatı yalnızca dilekçelerde bildirilir (3071 sayılı Kanun m. 7).")
        if matter.owed(clocks.RESULT_OWED) is not None:
            raise Refused("İşlemin safahatı daha önce bildirilmiş; şimdi sonuç bekleniyor.")
        if matter.legal.state == "stopped":
            raise Refused("Bu süre sona ermiş; üzerinde işlem yapılamaz.")

    def check(self, matter: Matter) -> None:
        self.check_state(matter)
        check_words(self.words, msgid("İşlemin hangi aşamada olduğunu başvurana açıklayın."))

    def facts(self, matter: Matter) -> dict[str, Any]:
        term = laws.TERMS["result_owed"]
        value = laws.term(matter.town.facts, term.name)
        due = deadlines.due(matter.now, value, term.unit, matter.town.calendar)  # type: ignore[arg-type]
        return {"words": self.words, "due_on": due.on}

    def apply(self, matter: Matter, *, seen: int) -> None:
        matter.write(matter.legal, "stopped", basis="3071 m.7", told_on=matter.today)
        term = laws.TERMS["result_owed"]
        matter.owe(clocks.RESULT_OWED, value=laws.term(matter.town.facts, term.name), unit=term.unit)
        matter.keep("progress", seen=seen, words=self.words)


@dataclass(frozen=True)
class Receipt:
    """Paper and post arrive before they are entered: the day that counts is the day the town had it in hand."""

    name: ClassVar[str] = "gelis"
    letter: ClassVar[str] = ""

    received_on: date | None = None
    words: str = ""

    @staticmethod
    def check_state(matter: Matter) -> None:
        if not lifecycle.is_open(matter.case.status):
            raise Refused("Sonuçlanmış bir başvurunun geliş tarihi düzeltilemez.")

    def check(self, matter: Matter) -> None:
        self.check_state(matter)
        if self.received_on is None:
            raise Refused("Başvurunun belediyeye ulaştığı günü girin.", field="received_on")
        if self.received_on > matter.today:
            raise Refused("Geliş tarihi gelecekte olamaz.", field="received_on")
        if self.received_on == deadlines.local_day(matter.case.received_at):
            raise Refused("Geliş tarihi zaten bu gün.", field="received_on")
        if self.received_on.year not in deadlines.KNOWN_YEARS:
            raise Refused("Tarihi gün, ay ve yıl olarak girin.", field="received_on")
        check_words(self.words, msgid("Geliş tarihinin neden düzeltildiğini yazın; kayıtta görünür."))

    def apply(self, matter: Matter, *, seen: int) -> None:
        before, at = matter.case.received_at, deadlines.start_of(self.received_on or matter.today)
        for clock in matter.clocks:
            if clock.state != "stopped" and clock.kind != "objection":
                try:
                    matter.write(clock, "started", at=at, words=self.words[:300])
                except Refused as no:
                    raise Refused(no.message, "received_on", **no.values) from no
        matter.submission.received_at = at
        matter.keep(
            "received_corrected",
            seen=seen,
            words=self.words,
            changes={"received_at": at},
            **{"from": before.isoformat(), "to": at.isoformat()},
        )
