"""The cost, the reader and the gaps of a digest."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import pytest

from cocm_bot.domain.members import Registry, RegistryUser
from cocm_bot.domain.records.patient import Patient, Snooze
from cocm_bot.domain.settings.registry_settings import Reminders
from cocm_bot.domain.vocabulary import Role
from cocm_bot.operations.digests.clinical_digests import AnswersDigest, CaseloadDigest, ReviewDigest
from cocm_bot.operations.digests.digests import Digest, digest_of
from cocm_bot.operations.digests.program_digests import BillingDigest, FiguresDigest, team_digest
from cocm_bot.operations.digests.registry_snapshot import due_of
from cocm_bot.operations.team.recipients import reader
from cocm_bot.store import registries
from cocm_bot.store.table import keys
from cocm_bot.store.table.keys import INDEX
from cocm_bot.store.team import people
from tests.domain import build
from tests.operations.conftest import Office
from tests.rig import crowd
from tests.rig.due_people import TODAY, member, registry, snapshot
from tests.rig.due_people import people as patients
from tests.store import faults
from tests.store.build import REGISTRY, user

MOST_BYTES = 60 * 1024


@contextmanager
def answered(office: Office) -> Iterator[list[list[Any]]]:
    """The items of every answer to a query in the block."""
    found: list[list[Any]] = []

    def answer(parsed: dict[str, Any], **_: object) -> None:
        found.append(parsed["Items"])

    office.table.client.meta.events.register("after-call.dynamodb.Query", answer)
    try:
        yield found
    finally:
        office.table.client.meta.events.unregister("after-call.dynamodb.Query", answer)


def size(value: Any) -> int:
    """The bytes of a value as DynamoDB counts them, to which a name adds its own."""
    [(kind, held)] = value.items()
    match kind:
        case "S":
            return len(held.encode())
        case "N":
            return len(held) // 2 + 1
        case "M":
            return 3 + sum(len(name.encode()) + size(each) + 1 for name, each in held.items())
        case "L":
            return 3 + sum(size(each) + 1 for each in held)
    return 1


def here(office: Office) -> Registry:
    found = registries.get(office.table, REGISTRY)
    assert found is not None
    return found


def told(
    office: Office, found: list[Patient], who: RegistryUser, day: str = TODAY, **how: Any
) -> Digest | None:
    where = registry()
    office.moment = build.moment(f"{day} 09:00")
    return digest_of(office.ctx, snapshot(found, who, where, day), reader(where, who, "U1"), **how)


@pytest.mark.slow
def test_the_digests_of_a_thousand_patients_read_what_is_due(office: Office) -> None:
    """1,000 patients, of whom 60 are due, and a team of five, on a day that is neither review nor report."""
    now = build.moment("2026-03-17 09:00")
    office.moment = now
    due = patients(60)
    well = [
        each.model_copy(
            update={
                "id": f"well-{n}",
                "handle": f"W{n:04}",
                "patient_mrn": f"W-{n}",
                "next_due": "2026-05-01",
            }
        )
        for n, each in enumerate(patients(1000)[60:])
    ]
    crowd.load(office.table, REGISTRY, [*due, *well], findable=False)
    roles = (Role.CARE_MANAGER, Role.PSYCHIATRIST, Role.PCP, Role.CLINICAL_OPS)
    for number, role in enumerate(roles, start=2):
        people.add_member(office.table, REGISTRY, user(number), role, is_admin=False, at=5)
    client = office.table.client
    with faults.on(client, "*", faults.none) as requests, answered(office) as answers:
        stands = due_of(office.ctx, here(office))
        for each in stands.team:
            if each.user_id != "user-2":
                digest_of(office.ctx, stands, reader(stands.registry, each, "U1"))
        team_digest(office.ctx, stands, reader(stands.registry, stands.team[0], "C1"))
    assert len(stands.rows) == 60
    assert sum(each.get("IndexName") == INDEX for each in requests) == 1
    read = sum(len(name) + size(value) for items in answers for item in items for name, value in item.items())
    assert 30 * 1024 < read <= MOST_BYTES
    # "Nothing is due" is said only after every record was read: once for all of them.
    idle = next(each for each in stands.team if each.user_id == "user-2")
    with faults.on(client, "Query", faults.none) as requests:
        for _ in range(3):
            digest = digest_of(office.ctx, stands, reader(stands.registry, idle, "U1"))
    assert isinstance(digest, CaseloadDigest)
    assert digest.page.matched == 0
    records = [each for each in requests if "IndexName" not in each]
    assert (
        sum(keys.patients(REGISTRY) in str(each) and "ExclusiveStartKey" not in each for each in records) == 1
    )


def test_a_care_manager_is_told_their_own_those_they_cover_and_nobodys(office: Office) -> None:
    cora, away, other = (member(Role.CARE_MANAGER, f"user-{number}") for number in (1, 2, 3))
    away = away.model_copy(update={"covered_by": "user-1", "cover_until": TODAY})
    found = [
        each.model_copy(update={"care_manager": whose})
        for each, whose in zip(patients(5), ("user-1", "user-2", "user-3", None, "user-gone"), strict=True)
    ]
    where = registry()
    office.moment = build.moment(f"{TODAY} 09:00")
    stands = replace(snapshot(found, cora, where), team=[cora, away, other])
    digest = digest_of(office.ctx, stands, reader(where, cora, "U1"))
    assert isinstance(digest, CaseloadDigest)
    assert digest.handles == ["H000", "H004", "H001", "H003"]
    assert digest.page.own is not None
    assert (digest.page.own.everyone, digest.page.own.unassigned) == (5, 2)
    assert digest.page.own.covered == ["Cora Manager"]


def test_the_snoozed_are_left_out_but_for_a_safety_risk(office: Office) -> None:
    snooze = Snooze(until="2026-03-20", by="user-1", at=0.0, reason="on holiday")
    found = [each.model_copy(update={"snoozed": snooze}) for each in patients(2)]
    digest = told(office, found, member(Role.CARE_MANAGER))
    assert isinstance(digest, CaseloadDigest)
    assert (digest.handles, digest.page.snoozed) == (["H000"], 1)


@pytest.mark.parametrize(
    ("count", "quiet", "asked", "silent"),
    [(0, True, False, True), (0, False, False, False), (0, True, True, False), (1, True, False, False)],
)
def test_silence_is_for_those_who_want_it_when_nothing_is_due(
    count: int, quiet: bool, asked: bool, silent: bool, office: Office
) -> None:
    digest = told(office, patients(count), member(Role.CARE_MANAGER), quiet=quiet, asked=asked)
    assert (digest is None) is silent


def test_near_a_code_is_told_once_a_week(office: Office) -> None:
    near = {}
    for day in (TODAY, "2026-03-17"):
        digest = told(office, patients(9), member(Role.CARE_MANAGER), day)
        assert isinstance(digest, CaseloadDigest)
        near[day] = [each.summary.handle for each in digest.near]
    assert near == {TODAY: ["H008"], "2026-03-17": []}


@pytest.mark.parametrize(
    ("day", "handles"),
    [
        ("2026-03-18", ["H000", "H001", "H008", "H002", "H003", "H005"]),
        ("2026-03-19", ["H000", "H002"]),
    ],
)
def test_the_psychiatrist_has_the_agenda_on_its_day_and_what_is_urgent_on_others(
    day: str, handles: list[str], office: Office
) -> None:
    digest = told(office, patients(9), member(Role.PSYCHIATRIST), day)
    assert isinstance(digest, ReviewDigest)
    assert digest.handles == handles


def test_the_psychiatrist_hears_nothing_on_a_day_without_anything_urgent(office: Office) -> None:
    calm = patients(9)[3:8]
    assert told(office, calm, member(Role.PSYCHIATRIST), "2026-03-19") is None
    assert isinstance(told(office, calm, member(Role.PSYCHIATRIST), "2026-03-18"), ReviewDigest)


@pytest.mark.parametrize(
    ("day", "reminded"),
    [
        ("2026-03-06", False),
        ("2026-03-09", True),
        ("2026-03-10", False),
        ("2026-03-13", False),
        ("2026-03-16", True),
        ("2026-03-17", False),
        ("2026-03-23", True),
    ],
)
def test_a_pcp_is_reminded_after_three_days_then_weekly(day: str, reminded: bool, office: Office) -> None:
    """Recommended on Friday the 6th, to user-1 and user-3."""
    found = patients(9)[7:8]
    assert isinstance(told(office, found, member(Role.PCP, "user-3"), day), AnswersDigest) is reminded
    assert told(office, found, member(Role.PCP, "user-4"), day) is None


def test_who_is_told_on_mondays_only_misses_no_reminder(office: Office) -> None:
    found = patients(9)[7:8]
    given = found[0].recommendations[0].model_copy(update={"at": build.at("2026-03-03")})
    course = found[0].course.model_copy(update={"recommended": given.at})
    found = [found[0].model_copy(update={"recommendations": (given,), "course": course})]
    who = member(Role.PCP, "user-3").model_copy(update={"reminders": Reminders(days=(0,))})
    assert isinstance(told(office, found, who, "2026-03-09"), AnswersDigest)
    assert told(office, found, member(Role.PCP, "user-3"), "2026-03-09") is None


def test_clinical_ops_have_the_figures_once_a_week(office: Office) -> None:
    ops = member(Role.CLINICAL_OPS)
    assert isinstance(told(office, patients(9), ops), FiguresDigest)
    assert told(office, patients(9), ops, "2026-03-17") is None
    assert isinstance(told(office, patients(9), ops, "2026-03-17", asked=True), FiguresDigest)


def test_finance_has_the_month_before_unless_there_is_none(office: Office) -> None:
    omar = member(Role.FINANCE)
    assert told(office, patients(9), omar) is None
    asked = told(office, patients(9), omar, asked=True)
    assert isinstance(asked, BillingDigest)
    assert (asked.month.month, asked.month.rows) == ("2026-02", [])


def test_the_weeks_figures(office: Office) -> None:
    """Of the nine, eight are treated; H001 was last scored on the 9th, H004 last reached on 16 February."""
    digest = told(office, patients(9), member(Role.CLINICAL_OPS))
    assert isinstance(digest, FiguresDigest)
    week = digest.week
    assert week.patients == 9
    assert week.by_care_manager == {"user-1": 9}
    assert (week.contacted.part, week.contacted.whole) == (7, 8)
    assert (week.overdue.part, week.overdue.whole) == (2, 9)
    assert week.consulted == 0
