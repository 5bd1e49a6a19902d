"""The access log at the screens: admins only, by patient, member and days, page by page."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from cocm_bot.domain.access import Action, AdminRight
from cocm_bot.domain.pages import page_of
from cocm_bot.domain.records.patient import DirectoryEntry
from cocm_bot.domain.vocabulary import Flag
from cocm_bot.operations.access import audit
from cocm_bot.operations.access.audit import MOST_FOUND, Accesses, Line, Wanted
from cocm_bot.operations.access.audit_groups import Group
from cocm_bot.operations.access.proving import prove
from cocm_bot.operations.patients.card import open_card
from cocm_bot.operations.safety.flags import Flagging, raise_flags
from cocm_bot.playground.blocks import limits
from cocm_bot.slack.access.audit_view import audit_view
from cocm_bot.store.audit.access_log import AccessEntry
from tests.domain import build
from tests.rig import forgery
from tests.rig.clinic import Clinic
from tests.rig.scenes import ANA, add_patient, log_contact, sees
from tests.store.build import access_entry, registry


def test_who_saw_and_changed_a_patient(clinic: Clinic) -> None:
    maya, iris = clinic.seat(), clinic.seat("Iris Lindqvist")
    handle = add_patient(maya)
    maya.close()
    clinic.clock.forward(minutes=5)
    assert log_contact(maya, handle) is None
    maya.close()
    clinic.clock.forward(minutes=5)
    iris.command(f"/cocm patient {handle}")
    sees(iris, "Ana Muñoz")
    clinic.clock.forward(minutes=5)
    maya.command(f"/cocm audit {handle} 30")
    screen = sees(
        maya,
        f"{handle} · last 30 days",
        f"3 Mar 2031 09:10 · Iris Lindqvist · opened the card of {handle} Ana Muñoz · modal",
        f"09:05 · Maya Okafor · contact logged · {handle} Ana Muñoz · modal",
        f"09:00 · Maya Okafor · enrolled · {handle} Ana Muñoz · modal",
    )
    assert screen.index("opened the card") < screen.index("contact logged") < screen.index("enrolled")
    maya.close()
    clinic.clock.forward(minutes=5)
    maya.command("/cocm audit maya")
    sees(
        maya,
        "Maya Okafor · last 7 days",
        f"09:15 · Maya Okafor · {AdminRight.READ_ACCESS_LOG} · {handle} Ana Muñoz · modal",
    )


@pytest.mark.parametrize("name", ["Iris Lindqvist", "Samuel Adeyemi", "Lena Novak", "Omar Haddad"])
def test_who_is_no_admin_is_refused_by_command_and_by_forged_button(clinic: Clinic, name: str) -> None:
    maya, other = clinic.seat(), clinic.seat(name)
    handle = add_patient(maya)
    maya.close()
    for _ in range(16):
        clinic.clock.forward(minutes=16)
        open_card(clinic.ctx, clinic.actor(), handle)
    other.command(f"/cocm audit {handle}")
    assert "Ana" not in sees(other, "Only an admin")
    other.close()
    clinic.clock.forward(minutes=1)
    maya.command("/cocm audit")
    sees(maya, "1–15 of 1")
    forgery.press(other, maya, "Next ›")

    def refused() -> list[tuple[str, str]]:
        entries = [entry for entry in clinic.accesses() if entry.outcome == "refused"]
        return [(entry.action, entry.reason) for entry in entries]

    # The button is acknowledged before it is refused.
    clinic.workspace.wait_until(lambda: len(refused()) > 1, "the second refusal")
    assert refused() == [(AdminRight.READ_ACCESS_LOG, "not an admin")] * 2


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("Lena Novak", "changed a patient · {}"),
        ("Omar Haddad", "changed a patient · {}"),
        ("Iris Lindqvist", "flag raised · {} Ana Muñoz"),
    ],
)
def test_what_was_changed_is_told_to_those_alone_who_may_see_patients(
    clinic: Clinic, name: str, told: str
) -> None:
    maya = clinic.seat()
    handle = add_patient(maya)
    maya.close()
    raised = Flagging(flag_types=(Flag.REVIEW,), reason="no change in 8 weeks")
    raise_flags(clinic.ctx, clinic.actor(), handle, raised, "raise")
    open_card(clinic.ctx, clinic.actor(), handle)
    clinic.clock.forward(minutes=1)
    admin = replace(clinic.actor(name), is_admin=True)
    shown = _drawn(audit.read(clinic.ctx, admin, audit.wanted(clinic.ctx, admin, [handle])))
    assert f"Maya Okafor · {told.format(handle)}" in shown
    assert f"Maya Okafor · opened the card of {handle}" in shown
    assert ("flag" in shown) == ("flag" in told)


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"user_id": "user-1"}, "Cara Manager"),
        ({"user_id": "user-9"}, "a former member"),
        ({"user_id": "", "slack_user_id": "C1", "surface": "team channel"}, "<#C1>"),
        ({"user_id": "", "slack_user_id": "U1", "surface": "button"}, "<@U1>"),
        ({"user_id": "", "slack_user_id": "", "surface": "command line"}, "the command line"),
        ({"user_id": "", "slack_user_id": "", "surface": "clock"}, "the clock"),
    ],
)
def test_whoever_it_was_is_named(changes: dict[str, Any], told: str) -> None:
    at = build.moment("2026-03-09").timestamp()
    lines = [Line(access_entry("e", at, **changes), [])]
    accesses = Accesses(
        Wanted(7, at),
        lines,
        page_of([one(lines[0].entry)], 1, 15),
        1,
        "",
        {"user-1": "Cara Manager"},
        named=True,
    )
    assert f" · {told} · opened the card of a patient · " in _drawn(accesses)


@pytest.mark.parametrize(
    ("named", "told"), [(True, "K7Q4 Ana Muñoz · team channel"), (False, "1 patient · team channel")]
)
def test_whom_a_channel_was_shown_is_for_those_who_may_see_patients(named: bool, told: str) -> None:
    """The channel is shown nobody but those at risk: a handle there would reveal a flag."""
    at = build.moment("2026-03-09").timestamp()
    ana = DirectoryEntry("K7Q4", "p", "M-1", "Ana", "Muñoz")
    entry = access_entry("e", at, user_id="", slack_user_id="C1", surface="team channel")
    accesses = Accesses(
        Wanted(7, at), [Line(entry, [ana])], page_of([one(entry)], 1, 15), 1, "", {}, named=named
    )
    drawn = _drawn(accesses)
    assert told in drawn
    assert ("K7Q4" in drawn) is named


def test_what_was_seen_is_named_and_how_often() -> None:
    at = build.moment("2026-03-09").timestamp()
    ana, bo = (DirectoryEntry(handle, handle, "M", "Ana", "Bo") for handle in ("K7Q4", "H2BD"))
    everybody = tuple(f"p{number}" for number in range(15))

    def line(action: Action, ids: tuple[str, ...], people: list[DirectoryEntry], times: int = 1) -> Line:
        entry = access_entry("e", at, user_id="u", action=action.logged, patient_ids=ids, surface="modal")
        return Line(entry, people, len(ids) - len(people), times, at - 300)

    lines = [
        line(Action.VIEW_PATIENT, ("K7Q4",), [ana], 3),
        line(Action.VIEW_CASELOAD, everybody, [ana, bo]),
        line(Action.SEARCH, (), []),
        line(Action.LOG_CONTACT, ("K7Q4",), [ana], 2),
    ]
    page = page_of([one(lines[0].entry)] * 7, 1, 15)
    drawn = _drawn(Accesses(Wanted(7, at), lines, page, 7, "", {"u": "Maya Okafor"}, named=False))
    assert [each.split(" · ", 2)[2] for each in drawn.splitlines()[2:]] == [
        "opened the card of K7Q4 · 3 times since 11:55 · modal",
        "saw a list of 15 patients: K7Q4, H2BD, 13 more · modal",
        "searched and found 0 patients · modal",
        "log a contact · K7Q4 · 2 times since 11:55 · modal",
    ]


def one(entry: AccessEntry) -> Group:
    return Group(entry, 1, entry.at)


def _drawn(accesses: Accesses) -> str:
    blocks = audit_view(accesses, registry())["blocks"]
    return "\n".join(block["text"]["text"] for block in blocks if block["type"] == "section")


def test_pages(clinic: Clinic) -> None:
    maya = clinic.seat()
    handle = add_patient(maya)
    maya.close()
    for _ in range(20):
        clinic.clock.forward(minutes=16)
        open_card(clinic.ctx, clinic.actor(), handle)
    clinic.clock.forward(minutes=1)
    maya.command(f"/cocm audit {handle}")
    sees(maya, "1–15 of 21", "14:20")
    clinic.clock.forward(minutes=1)
    maya.press("Next")
    sees(maya, "16–21 of 21", "enrolled")
    maya.press("Previous")
    sees(maya, "1–15 of 21", "14:20")
    assert [each for each in clinic.workspace.refusals if not each.race] == []


def test_a_day_of_two_processes_is_whole(clinic: Clinic) -> None:
    maya, omar = clinic.seat(), clinic.seat("Omar Haddad")
    handle = add_patient(maya)
    maya.close()
    with clinic.restarted():
        assert log_contact(maya, handle) is None
        maya.close()
        omar.command(f"/cocm patient {handle}")
        sees(omar, "you may not")
    proof = prove(clinic.ctx, clinic.registry_id, clinic.clock().date(), None)
    assert proof.faults == []
    assert proof.writers >= 2
    assert proof.entries == len(clinic.accesses()) >= 4


def test_what_nobody_is_called_is_not_repeated(clinic: Clinic) -> None:
    maya = clinic.seat()
    add_patient(maya)
    maya.close()
    maya.command("/cocm audit zephyrine 7")
    assert "zephyrine" not in sees(maya, "neither a patient nor a member").lower()


@pytest.mark.parametrize("name", ["x", "& <!here>", "😀"])
def test_a_page_of_the_longest_entries_fits(name: str) -> None:
    patient = DirectoryEntry(
        handle="K7Q4",
        patient_id="p",
        patient_mrn="M-1",
        first_name=name * (60 // len(name)),
        last_name=name * (60 // len(name)),
        deactivated=False,
    )
    at = build.moment("2026-03-09")
    lines = [
        Line(
            access_entry(f"e-{number}", (at - timedelta(hours=number)).timestamp(), action=name * 50),
            [patient] * audit.PATIENTS_PER_LINE,
            94,
        )
        for number in range(audit.LINES_PER_PAGE)
    ]
    accesses = Accesses(
        Wanted(31, at.timestamp(), user_id="f" * 26),
        lines,
        page_of([one(lines[0].entry)] * MOST_FOUND, 2, audit.LINES_PER_PAGE),
        MOST_FOUND,
        ANA["First name"],
        {"user-1": name * 60},
        named=True,
        broken=3,
    )
    view = audit_view(accesses, registry())
    assert limits.problems("modal", view) == []
    assert len(view["blocks"]) == audit.LINES_PER_PAGE + 4
