"""How an application ends: decided with its ground, answered by a letter, and taken before the Board."""

from dataclasses import dataclass
from datetime import date
from typing import Any, ClassVar

from portal import languages
from portal.rules import deadlines, lifecycle, outcomes
from portal.rules.refusal import Refused, msgid
from portal.services import casework
from portal.services.proceedings import documents
from portal.services.proceedings.matter import Matter
from portal.services.proceedings.time import check_words


@dataclass(frozen=True)
class Decision:
    """What was decided, on which articles, in which words; closes the case and answers every applicant."""

    name: ClassVar[str] = "karar"

    outcome: str = ""
    grounds: tuple[str, ...] = ()
    authority: str = ""
    words: str = ""

    @property
    def letter(self) -> str:
        """The kind of letter this decision is told in."""
        known = {code: each for kind in outcomes.OUTCOMES.values() for code, each in kind.items()}
        return known[self.outcome].letter if self.outcome in known else "answer"

    @staticmethod
    def check_state(matter: Matter) -> None:
        if not lifecycle.is_open(matter.case.status):
            raise Refused("Bu başvuru sonuçlanmış; önce durumunu gerekçesiyle yeniden açın.")

    def check(self, matter: Matter) -> None:
        self.check_state(matter)
        chosen = outcomes.check_decision(
            matter.application.kind,
            self.outcome,
            grounds=self.grounds,
            authority=self.authority,
            words=self.words,
        )
        check_words(self.words, msgid("Başvurana yazılacak yanıtı yazın."))
        lifecycle.check_move(
            lifecycle.Status(matter.case.status), chosen.closes, reply=self.words, reason=chosen.reason
        )

    def facts(self, matter: Matter) -> dict[str, Any]:
        return {
            "words": self.words,
            "outcome": self.outcome,
            "articles": self._articles(matter),
            "authority": self.authority,
            "enclosures": [each.original_name for each in documents.waiting(matter.tx, matter.case)],
        }

    def _articles(self, matter: Matter) -> list[str]:
        """The law and its articles, in the words of the letter's language."""
        language = languages.LANGUAGES.get(matter.submission.language, languages.TURKISH)
        labels = [language.gettext(each) for each in outcomes.labels(matter.application.kind, self.grounds)]
        law = language.gettext(msgid("%(law)s sayılı Kanun")) % {"law": matter.legal.law}
        return [f"{law} {labels[0]}", *labels[1:]] if labels else []

    def apply(self, matter: Matter, *, seen: int) -> None:
        application = matter.application
        chosen = outcomes.outcome(application.kind, self.outcome)
        application.outcome, application.articles = self.outcome, list(self.grounds)
        application.outcome_words, application.forwarded_to = self.words, self.authority[:240]
        application.decided_at = matter.now
        documents.give(matter.tx, matter.case, application.submission_id)
        move = casework.Move(chosen.closes, reply=self.words, reason=chosen.reason)
        casework.change_status(
            matter.tx, matter.case, move, seen=seen, by=matter.by, town=matter.town, now=matter.now, decided=True
        )


@dataclass(frozen=True)
class Appeal:
    """The applicant took the matter before the Board of Review of Access to Information (4982 art. 13)."""

    name: ClassVar[str] = "itiraz"
    letter: ClassVar[str] = ""

    appealed_on: date | None = None
    number: str = ""

    @staticmethod
    def check_state(matter: Matter) -> None:
        _check_information(matter)
        if matter.application.appeal_result:
            raise Refused("Kurulun kararı kaydedilmiş.")
        if matter.application.decided_at is None and matter.now <= matter.legal.due_at:
            raise Refused(
                "Karar verilmeden ve yasal süre dolmadan Kurula itiraz kaydedilemez (4982 sayılı Kanun m. 13)."
            )

    def check(self, matter: Matter) -> None:
        self.check_state(matter)
        decided_at = matter.application.decided_at
        outcomes.check_appeal(
            decided_on=deadlines.local_day(decided_at) if decided_at else None,
            appealed_on=self.appealed_on,
            today=matter.today,
        )

    def apply(self, matter: Matter, *, seen: int) -> None:
        matter.application.appealed_on, matter.application.appeal_number = self.appealed_on, self.number[:40]
        day = self.appealed_on.isoformat() if self.appealed_on else ""
        matter.keep("appealed", seen=seen, words=self.number, is_public=False, on=day)


@dataclass(frozen=True)
class AppealResult:
    """What the Board decided."""

    name: ClassVar[str] = "kurul"
    letter: ClassVar[str] = ""

    result: str = ""
    decided_on: date | None = None

    @staticmethod
    def check_state(matter: Matter) -> None:
        _check_information(matter)
        if matter.application.appealed_on is None:
            raise Refused("Önce itirazı kaydedin.")

    def check(self, matter: Matter) -> None:
        self.check_state(matter)
        outcomes.check_appeal_result(
            appealed_on=matter.application.appealed_on,
            result=self.result,
            decided_on=self.decided_on,
            today=matter.today,
        )

    def apply(self, matter: Matter, *, seen: int) -> None:
        matter.application.appeal_result, matter.application.appeal_decided_on = self.result, self.decided_on
        day = self.decided_on.isoformat() if self.decided_on else ""
        matter.keep("appeal_decided", seen=seen, is_public=False, result=self.result, on=day)


def _check_information(matter: Matter) -> None:
    if matter.application.kind != "information":
        raise Refused("Kurula itiraz yalnızca bilgi edinme başvurusunda kaydedilir.")
