"""The table of statuses, and what each move owes."""

from datetime import date
from itertools import product

import pytest

from portal.rules import lifecycle
from portal.rules.lifecycle import STEPS, Status, check_move, moves
from portal.rules.refusal import Refused

# status: label, kind, clock, where it leads. The table of the design, said a second time.
DESIGN = {
    "new": ("Alındı", "open", "runs", "assigned waiting external resolved declined merged withdrawn"),
    "assigned": (
        "Birime iletildi",
        "open",
        "runs",
        "in_progress planned waiting external resolved declined merged withdrawn new",
    ),
    "in_progress": (
        "İşlemde",
        "open",
        "runs",
        "assigned planned waiting external resolved declined merged withdrawn",
    ),
    "planned": ("Programa alındı", "open", "runs", "in_progress waiting external resolved declined withdrawn"),
    "waiting": ("Sizden bilgi bekleniyor", "waiting", "paused", "assigned in_progress resolved declined withdrawn"),
    "external": ("Yetkili kuruma iletildi", "waiting", "runs", "in_progress resolved declined"),
    "resolved": ("Çözüldü", "done", "stopped", "objected in_progress"),
    "declined": ("Olumsuz sonuçlandı", "done", "stopped", "objected in_progress"),
    "merged": ("Birleştirildi", "done", "none", ""),
    "withdrawn": ("Vazgeçildi", "done", "stopped", ""),
    "objected": ("İtiraz edildi", "open", "own", "assigned in_progress resolved declined"),
}
EVERYTHING = {"reply": "Yapıldı.", "planned_on": date(2026, 6, 5)}


def with_reason(to):
    return {**EVERYTHING, "reason": "out_of_scope" if to == Status.DECLINED else "Yanlış birim"}


@pytest.mark.parametrize("status", Status)
def test_the_table_is_the_designs(status):
    label, kind, clock, leads_to = DESIGN[status]

    step = STEPS[status]

    assert (step.label, step.kind, step.clock) == (label, kind, clock)
    assert step.leads_to == set(leads_to.split())


@pytest.mark.parametrize(("frm", "to"), list(product(Status, Status)))
def test_staff_move_along_the_table_only(frm, to):
    is_allowed = to in STEPS[frm].leads_to and to != Status.OBJECTED

    if is_allowed:
        check_move(frm, to, **with_reason(to))
    else:
        with pytest.raises(Refused) as no:
            check_move(frm, to, **with_reason(to))
        assert no.value.field == "status"
        assert "%" not in str(no.value)


@pytest.mark.parametrize(("frm", "to"), list(product(Status, Status)))
def test_a_citizen_may_answer_withdraw_and_object_and_nothing_else(frm, to):
    may = (
        (to == Status.WITHDRAWN and to in STEPS[frm].leads_to)
        or (frm == Status.WAITING and to in (Status.ASSIGNED, Status.IN_PROGRESS))
        or (frm in (Status.RESOLVED, Status.DECLINED) and to == Status.OBJECTED)
    )

    assert (to in [move.to for move in moves(frm, by_citizen=True)]) == may
    if may:
        check_move(frm, to, by_citizen=True)
    else:
        with pytest.raises(Refused):
            check_move(frm, to, by_citizen=True)


@pytest.mark.parametrize(
    ("frm", "to", "said", "field"),
    [
        ("assigned", "resolved", {}, "reply"),
        ("assigned", "resolved", {"reply": "  \n"}, "reply"),
        ("assigned", "waiting", {}, "reply"),
        ("assigned", "declined", {"reply": "Olmaz."}, "reason"),
        ("assigned", "declined", {"reply": "Olmaz.", "reason": "because"}, "reason"),
        ("assigned", "declined", {"reason": "other"}, "reply"),
        ("assigned", "planned", {}, "planned_on"),
        ("assigned", "planned", {"planned_on": date(2026, 6, 1), "today": date(2026, 6, 2)}, "planned_on"),
        ("assigned", "new", {}, "reason"),
        ("resolved", "in_progress", {}, "reason"),
        ("declined", "in_progress", {"reason": " "}, "reason"),
        ("new", "new", {}, "status"),
    ],
)
def test_a_move_that_lacks_something_says_which_field(frm, to, said, field):
    with pytest.raises(Refused) as no:
        check_move(Status(frm), Status(to), **said)

    assert no.value.field == field
    assert str(no.value).endswith(".")


def test_a_day_of_work_may_be_today():
    check_move(Status.ASSIGNED, Status.PLANNED, planned_on=date(2026, 6, 2), today=date(2026, 6, 2))


@pytest.mark.parametrize("frm", Status)
def test_what_is_offered_is_allowed_and_says_what_it_will_ask(frm):
    for move in moves(frm):
        check_move(frm, move.to, **with_reason(move.to))
        if move.needs_reply or move.needs_reason or move.needs_date:
            with pytest.raises(Refused):
                check_move(frm, move.to)
        else:
            check_move(frm, move.to)


def test_merging_is_not_offered_where_no_master_can_be_chosen():
    assert Status.MERGED not in [move.to for move in moves(Status.NEW)]
    check_move(Status.NEW, Status.MERGED)


def test_giving_a_case_back_has_words_of_its_own():
    back = next(move for move in moves(Status.ASSIGNED) if move.to == Status.NEW)

    assert (back.label, back.is_bounce, back.needs_reason) == ("Birimimizin işi değil", True, True)


def test_the_second_bounce_goes_to_the_coordinator_and_there_is_no_third():
    assert [lifecycle.after_bounce(earlier) for earlier in (0, 1)] == ["proposed", "coordinator"]
    with pytest.raises(Refused):
        lifecycle.after_bounce(2)


@pytest.mark.parametrize("earlier", [Status.NEW, Status.ASSIGNED, Status.IN_PROGRESS])
def test_a_merge_can_be_undone(earlier):
    lifecycle.check_undo_merge(Status.MERGED, earlier)


@pytest.mark.parametrize(("frm", "earlier"), [("new", "assigned"), ("merged", "resolved"), ("merged", "planned")])
def test_only_a_merge_can_be_undone_and_only_to_where_it_was(frm, earlier):
    with pytest.raises(Refused):
        lifecycle.check_undo_merge(Status(frm), Status(earlier))


def test_open_and_done_share_out_every_status():
    assert set(lifecycle.OPEN) | set(lifecycle.DONE) == set(Status)
    assert not set(lifecycle.OPEN) & set(lifecycle.DONE)
    assert lifecycle.is_open("waiting")
    assert not lifecycle.is_open(Status.MERGED)


@pytest.mark.parametrize("status", [Status.RESOLVED, Status.DECLINED, Status.WAITING])
def test_no_case_ends_or_waits_without_a_word_to_who_asked(status):
    assert STEPS[status].owes_reply


def test_a_refusal_keeps_its_sentence_and_its_values_apart():
    no = Refused("“%(name)s” bulunamadı, %%100.", field="name", name="Tacin")

    assert str(no) == "“Tacin” bulunamadı, %100."
    assert (no.message, no.field, no.values) == ("“%(name)s” bulunamadı, %%100.", "name", {"name": "Tacin"})
