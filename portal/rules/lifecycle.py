"""How a case moves: which status leads where, and what each move owes the people who asked."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from types import MappingProxyType
from typing import Literal

from portal.rules.refusal import Refused, msgid


class Status(StrEnum):
    """Where a case stands."""

    NEW = "new"
    ASSIGNED = "assigned"
    IN_PROGRESS = "in_progress"
    PLANNED = "planned"
    WAITING = "waiting"
    EXTERNAL = "external"
    RESOLVED = "resolved"
    DECLINED = "declined"
    MERGED = "merged"
    WITHDRAWN = "withdrawn"
    OBJECTED = "objected"


Kind = Literal["open", "waiting", "done"]
Clock = Literal["runs", "paused", "stopped", "none", "own"]
Tone = Literal["new", "busy", "warn", "good", "bad", "quiet"]


@dataclass(frozen=True)
class Step:
    """One row of the table: what a status is called, what it means, and where it leads."""

    label: str
    kind: Kind
    clock: Clock
    tone: Tone
    leads_to: frozenset[Status]
    owes_reply: bool = False


STEPS: Mapping[Status, Step] = MappingProxyType(
    {
        Status.NEW: Step(
            msgid("Alındı"),
            kind="open",
            clock="runs",
            tone="new",
            leads_to=frozenset(
                {
                    Status.ASSIGNED,
                    Status.WAITING,
                    Status.EXTERNAL,
                    Status.RESOLVED,
                    Status.DECLINED,
                    Status.MERGED,
                    Status.WITHDRAWN,
                }
            ),
        ),
        Status.ASSIGNED: Step(
            msgid("Birime iletildi"),
            kind="open",
            clock="runs",
            tone="busy",
            leads_to=frozenset(
                {
                    Status.IN_PROGRESS,
                    Status.PLANNED,
                    Status.WAITING,
                    Status.EXTERNAL,
                    Status.RESOLVED,
                    Status.DECLINED,
                    Status.MERGED,
                    Status.WITHDRAWN,
                    Status.NEW,
                }
            ),
        ),
        Status.IN_PROGRESS: Step(
            msgid("İşlemde"),
            kind="open",
            clock="runs",
            tone="busy",
            leads_to=frozenset(
                {
                    Status.ASSIGNED,
                    Status.PLANNED,
                    Status.WAITING,
                    Status.EXTERNAL,
                    Status.RESOLVED,
                    Status.DECLINED,
                    Status.MERGED,
                    Status.WITHDRAWN,
                }
            ),
        ),
        Status.PLANNED: Step(
            msgid("Programa alındı"),
            kind="open",
            clock="runs",
            tone="busy",
            leads_to=frozenset(
                {
                    Status.IN_PROGRESS,
                    Status.WAITING,
                    Status.EXTERNAL,
                    Status.RESOLVED,
                    Status.DECLINED,
                    Status.WITHDRAWN,
                }
            ),
        ),
        Status.WAITING: Step(
            msgid("Sizden bilgi bekleniyor"),
            kind="waiting",
            clock="paused",
            tone="warn",
            owes_reply=True,
            leads_to=frozenset(
                {Status.ASSIGNED, Status.IN_PROGRESS, Status.RESOLVED, Status.DECLINED, Status.WITHDRAWN}
            ),
        ),
        Status.EXTERNAL: Step(
            msgid("Yetkili kuruma iletildi"),
            kind="waiting",
            clock="runs",
            tone="warn",
            leads_to=frozenset({Status.IN_PROGRESS, Status.RESOLVED, Status.DECLINED}),
        ),
        Status.RESOLVED: Step(
            msgid("Çözüldü"),
            kind="done",
            clock="stopped",
            tone="good",
            owes_reply=True,
            leads_to=frozenset({Status.OBJECTED, Status.IN_PROGRESS}),
        ),
        Status.DECLINED: Step(
            msgid("Olumsuz sonuçlandı"),
            kind="done",
            clock="stopped",
            tone="bad",
            owes_reply=True,
            leads_to=frozenset({Status.OBJECTED, Status.IN_PROGRESS}),
        ),
        # A merged case goes back only by undoing the merge: see check_undo_merge.
        Status.MERGED: Step(msgid("Birleştirildi"), kind="done", clock="none", tone="quiet", leads_to=frozenset()),
        Status.WITHDRAWN: Step(msgid("Vazgeçildi"), kind="done", clock="stopped", tone="quiet", leads_to=frozenset()),
        Status.OBJECTED: Step(
            msgid("İtiraz edildi"),
            kind="open",
            clock="own",
            tone="warn",
            leads_to=frozenset({Status.ASSIGNED, Status.IN_PROGRESS, Status.RESOLVED, Status.DECLINED}),
        ),
    }
)

OPEN: tuple[Status, ...] = tuple(status for status, step in STEPS.items() if step.kind != "done")
DONE: tuple[Status, ...] = tuple(status for status, step in STEPS.items() if step.kind == "done")

# 3071 art. 6 lets an office leave unexamined what names no concrete subject, what a court decides, and what lacks
# name, signature or address; art. 5 sends what belongs elsewhere on. The rest are the outcomes of ordinary field work.
DECLINE_REASONS: Mapping[str, str] = MappingProxyType(
    {
        "out_of_scope": msgid("Belediyenin görev ve yetki alanı dışında"),
        "no_concrete_subject": msgid("Belli bir konu içermiyor"),
        "before_the_courts": msgid("Yargı mercilerinin görevine giriyor"),
        "missing_information": msgid("Gerekli bilgi veya belge tamamlanmadı"),
        "not_found_on_site": msgid("Yerinde yapılan incelemede tespit edilemedi"),
        "no_budget_this_year": msgid("Bu yılın bütçesinde ve yatırım programında yer almıyor"),
        "against_regulation": msgid("Mevzuata veya imar planına uygun değil"),
        "legal_exception": msgid("Kanundaki bir istisna kapsamında (yanıtta belirtilmiştir)"),
        "not_held": msgid("Böyle bir bilgi veya belge bulunmuyor"),
        "other": msgid("Diğer (yanıtta açıklanmıştır)"),
    }
)

# Merging has a form of its own, where the master is chosen.
_OWN_FORM = frozenset({Status.MERGED})
_CITIZEN_MOVES = frozenset(
    [(status, Status.WITHDRAWN) for status, step in STEPS.items() if Status.WITHDRAWN in step.leads_to]
    + [(Status.WAITING, Status.ASSIGNED), (Status.WAITING, Status.IN_PROGRESS)]
    + [(Status.RESOLVED, Status.OBJECTED), (Status.DECLINED, Status.OBJECTED)]
)


@dataclass(frozen=True)
class Move:
    """A move that may be offered, and what it will ask for."""

    to: Status
    label: str
    needs_reply: bool
    needs_reason: bool
    needs_date: bool
    is_bounce: bool = False


def check_move(
    frm: Status,
    to: Status,
    *,
    reply: str = "",
    reason: str = "",
    planned_on: date | None = None,
    today: date | None = None,
    by_citizen: bool = False,
) -> None:
    """Refuses a move that is not in the table, or that lacks what it owes."""
    if frm == to:
        raise Refused(
            "Başvuru zaten “%(status)s” durumunda. Sayfayı yenileyip son durumu görebilirsiniz.",
            field="status",
            status=STEPS[to].label,
        )
    if not _is_allowed(frm, to, by_citizen=by_citizen):
        raise Refused(
            "“%(frm)s” durumundaki bir başvuru “%(to)s” durumuna geçirilemez.",
            field="status",
            frm=STEPS[frm].label,
            to=STEPS[to].label,
        )
    if by_citizen:
        return
    _check_reason(frm, to, reason.strip())
    _check_date(to, planned_on, today)
    _check_reply(to, reply.strip())


def moves(frm: Status, *, by_citizen: bool = False) -> list[Move]:
    """The moves a form may offer from here, in the order of the table."""
    return [
        Move(
            to=to,
            label=msgid("Birimimizin işi değil") if _is_bounce(frm, to) else STEPS[to].label,
            needs_reply=STEPS[to].owes_reply and not by_citizen,
            needs_reason=_needs_reason(frm, to) and not by_citizen,
            needs_date=to == Status.PLANNED,
            is_bounce=_is_bounce(frm, to),
        )
        for to in Status
        if to not in _OWN_FORM and _is_allowed(frm, to, by_citizen=by_citizen)
    ]


def is_open(status: Status | str) -> bool:
    """Whether somebody still owes work or an answer on it, waiting included."""
    return STEPS[Status(status)].kind != "done"


def clock_of(status: Status | str) -> Clock:
    """What the service clock does while a case stands here."""
    return STEPS[Status(status)].clock


def after_bounce(earlier_bounces: int) -> Literal["proposed", "coordinator"]:
    """Where a case given back goes: first to the proposed department, then to the coordinator, who decides finally."""
    if earlier_bounces >= 2:
        raise Refused(
            "Bu başvurunun hangi birime ait olduğuna çözüm merkezi koordinatörü karar verdi; yeniden iade edilemez.",
            field="status",
        )
    return "proposed" if earlier_bounces == 0 else "coordinator"


def check_undo_merge(frm: Status, earlier: Status) -> None:
    """Refuses to separate a case that is not merged, or to put it where it cannot have been."""
    if frm != Status.MERGED:
        raise Refused("Bu başvuru birleştirilmiş değil.", field="status")
    if Status.MERGED not in STEPS[earlier].leads_to:
        raise Refused(
            "Birleştirme geri alınırken başvuru “%(to)s” durumuna döndürülemez.",
            field="status",
            to=STEPS[earlier].label,
        )


def _is_allowed(frm: Status, to: Status, *, by_citizen: bool) -> bool:
    if to not in STEPS[frm].leads_to:
        return False
    if by_citizen:
        return (frm, to) in _CITIZEN_MOVES
    return to != Status.OBJECTED


def _check_reason(frm: Status, to: Status, reason: str) -> None:
    if to == Status.DECLINED:
        if reason not in DECLINE_REASONS:
            raise Refused("Olumsuz sonuçlandırmak için listeden bir gerekçe seçin.", field="reason")
    elif reason or not _needs_reason(frm, to):
        return
    elif _is_bounce(frm, to):
        raise Refused("Başvurunun neden biriminizin işi olmadığını yazın.", field="reason")
    else:
        raise Refused("Sonuçlanmış bir başvuruyu yeniden açmak için nedenini yazın.", field="reason")


def _check_date(to: Status, planned_on: date | None, today: date | None) -> None:
    if to != Status.PLANNED:
        return
    if planned_on is None:
        raise Refused("Programa almak için işin yapılacağı tarihi girin.", field="planned_on")
    if today is not None and planned_on < today:
        raise Refused("Program tarihi geçmiş bir gün olamaz.", field="planned_on")


def _check_reply(to: Status, reply: str) -> None:
    if reply or not STEPS[to].owes_reply:
        return
    if to == Status.WAITING:
        raise Refused("Vatandaştan hangi bilgiyi beklediğinizi yazın; sorunuz kendisine iletilecek.", field="reply")
    if to == Status.DECLINED:
        raise Refused("Vatandaşa kararı ve başvurabileceği yolları açıklayan bir yanıt yazın.", field="reply")
    raise Refused("Başvuruyu sonuçlandırmak için vatandaşa bir yanıt yazın.", field="reply")


def _needs_reason(frm: Status, to: Status) -> bool:
    return to == Status.DECLINED or _is_bounce(frm, to) or not is_open(frm)


def _is_bounce(frm: Status, to: Status) -> bool:
    return to == Status.NEW and frm == Status.ASSIGNED
