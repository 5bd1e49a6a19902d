"""Recipients of a safety alert, and the times of its rounds."""

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cocm_bot.domain.members import Registry, RegistryUser
from cocm_bot.domain.records.care_details import Clinician
from cocm_bot.domain.records.course import Alert
from cocm_bot.domain.records.patient import Patient
from cocm_bot.domain.safety.alerts import (
    ADMINS,
    COVER,
    TEAM,
    circle,
    is_paging,
    next_round_at,
    with_corrected,
    with_ended,
    with_raised,
    with_taken,
)
from cocm_bot.domain.settings.registry_settings import Alerts
from cocm_bot.domain.vocabulary import Flag, Role
from tests.domain.build import NEW_YORK, at, flag, follow_up, patient, policy

NOW = at("2026-03-09 10:00")


def registry(cover: str | None = None) -> Registry:
    return Registry(
        id="r1",
        name="Riverside",
        modified_date=0,
        created_date=0,
        members=0,
        active_patients=0,
        questionnaires=(),
        timezone=NEW_YORK,
        alerts=Alerts(cover=cover),
    )


def member(user_id: str, role: Role, *, admin: bool = False, **away: str) -> RegistryUser:
    return RegistryUser(
        registry_id="r1",
        user_id=user_id,
        date_created=0,
        first_name=user_id.title(),
        last_name="M",
        role=role,
        is_admin=admin,
        covered_by=away.get("covered_by"),
        cover_until=away.get("cover_until"),
    )


TEAM_OF_CLINIC = [
    member("maya", Role.CARE_MANAGER, admin=True),
    member("noor", Role.CARE_MANAGER),
    member("iris", Role.PSYCHIATRIST),
    member("samuel", Role.PCP),
    member("lena", Role.CLINICAL_OPS, admin=True),
    member("omar", Role.FINANCE),
]


def raised(by: str = "maya", **update: object) -> Alert:
    return Alert(id="a1", raised_by=by, at=NOW).model_copy(update=update)


def with_alert(alert: Alert, **update: object) -> Patient:
    return patient().model_copy(update={"alerts": (alert,), **update})


@pytest.mark.parametrize(
    ("round_number", "cover", "care_manager", "by", "told"),
    [
        (TEAM, None, "noor", "maya", {"noor", "iris", "samuel"}),
        (TEAM, None, "noor", "noor", {"iris", "samuel"}),
        (TEAM, None, "noor", "iris", {"noor", "samuel"}),
        # A patient of nobody, or of somebody who left, is every care manager's.
        (TEAM, None, None, "iris", {"maya", "noor", "samuel"}),
        (TEAM, None, "who-left", "samuel", {"maya", "noor", "iris"}),
        (COVER, "omar", "noor", "maya", {"omar"}),
        # The cover is notified even if it was they who raised it.
        (COVER, "maya", "noor", "maya", {"maya"}),
        (COVER, None, "noor", "maya", {"maya", "lena"}),
        (COVER, "who-left", "noor", "maya", {"maya", "lena"}),
        (ADMINS, "omar", "noor", "maya", {"maya", "lena"}),
        (ADMINS + 5, "omar", "noor", "maya", {"maya", "lena"}),
    ],
)
def test_whom_a_round_tells(
    round_number: int, cover: str | None, care_manager: str | None, by: str, told: set[str]
) -> None:
    about = patient().model_copy(update={"care_manager": care_manager})
    found = circle(round_number, registry(cover), TEAM_OF_CLINIC, about, raised(by), NOW)
    assert {each.user_id for each in found} == told


def test_a_cover_who_sees_no_patients_any_more_is_told_nothing() -> None:
    away = member("samuel", Role.PCP, covered_by="omar", cover_until="2026-03-09")
    team = [away if each.user_id == "samuel" else each for each in TEAM_OF_CLINIC]
    found = circle(COVER, registry("samuel"), team, patient(), raised(), NOW)
    assert {each.user_id for each in found} == {"samuel"}


def test_who_is_away_and_covered_by_nobody_is_told() -> None:
    """And so is every other care manager: their patients count as nobody's meanwhile."""
    away = member("noor", Role.CARE_MANAGER, cover_until="2026-03-09")
    about = patient().model_copy(update={"care_manager": "noor"})
    alone = [away if each.user_id == "noor" else each for each in TEAM_OF_CLINIC if each.user_id != "maya"]
    found = circle(TEAM, registry(), alone, about, raised("iris"), NOW)
    assert {each.user_id for each in found} == {"noor", "samuel"}
    found = circle(TEAM, registry(), [*alone, TEAM_OF_CLINIC[0]], about, raised("iris"), NOW)
    assert {each.user_id for each in found} == {"maya", "noor", "samuel"}


def test_who_stands_in_for_the_cover_is_told_too() -> None:
    away = member("maya", Role.CARE_MANAGER, covered_by="noor", cover_until="2026-03-09")
    team = [away if each.user_id == "maya" else each for each in TEAM_OF_CLINIC]
    found = circle(COVER, registry("maya"), team, patient(), raised(), NOW)
    assert {each.user_id for each in found} == {"maya", "noor"}


def test_who_covers_the_care_manager_is_told_too() -> None:
    away = member("noor", Role.CARE_MANAGER, covered_by="maya", cover_until="2026-03-09")
    team = [away if each.user_id == "noor" else each for each in TEAM_OF_CLINIC]
    about = patient().model_copy(update={"care_manager": "noor"})
    found = circle(TEAM, registry(), team, about, raised("iris"), NOW)
    assert {each.user_id for each in found} == {"maya", "noor", "samuel"}


@pytest.mark.parametrize(
    ("round_number", "begun", "following"),
    [
        (0, "2026-03-09 10:00", "2026-03-09 10:30"),
        (1, "2026-03-09 23:50", "2026-03-10 00:20"),
        (4, "2026-03-09 03:00", "2026-03-09 03:30"),
        # From then on every four hours, by day.
        (5, "2026-03-09 10:00", "2026-03-09 14:00"),
        (5, "2026-03-09 15:59", "2026-03-09 19:59"),
        (6, "2026-03-09 16:00", "2026-03-10 08:00"),
        (6, "2026-03-09 01:00", "2026-03-09 08:00"),
        # The night the clocks go forward.
        (6, "2026-03-07 18:00", "2026-03-08 08:00"),
    ],
)
def test_when_the_next_round_is_due(round_number: int, begun: str, following: str) -> None:
    assert next_round_at(round_number, at(begun), 30, policy()) == at(following)


def test_who_takes_one_alert_has_all_that_stand_and_the_open_flag() -> None:
    settled = raised(id="a0", over_at=NOW - 5)
    flags = (flag(Flag.SAFETY_RISK, "2026-03-01", "2026-03-02"), flag(Flag.SAFETY_RISK, "2026-03-09"))
    about = with_alert(raised(), flags=(*flags, flag(Flag.REVIEW, "2026-03-09")))
    about = about.model_copy(update={"alerts": (settled, *about.alerts, raised(id="a2"))})
    alerts, marked = with_taken(about, "iris", NOW + 60)
    assert [(each.id, each.taken_by, each.taken_at) for each in alerts] == [
        ("a0", None, None),
        ("a1", "iris", NOW + 60),
        ("a2", "iris", NOW + 60),
    ]
    assert [each.taken_by_provider_id for each in marked] == [None, "iris", None]


def test_a_resolved_risk_ends_what_nobody_took() -> None:
    taken = raised(id="a0", taken_by="iris", taken_at=NOW)
    about = with_alert(raised()).model_copy(update={"alerts": (taken, raised())})
    assert [each.over_at for each in with_ended(about, NOW + 60)] == [None, NOW + 60]


@pytest.mark.parametrize(
    ("corrected", "measures", "flagged", "stands", "log_id"),
    [
        ("log-2", ("PHQ-9",), False, True, "log-2"),
        ("log-2", (), False, False, "log-1"),
        (None, (), False, False, "log-1"),
        ("log-2", (), True, True, "log-1"),
        (None, (), True, True, "log-1"),
    ],
)
def test_a_corrected_contact_ends_the_alert_unless_a_risk_is_left(
    corrected: str | None, measures: tuple[str, ...], flagged: bool, stands: bool, log_id: str
) -> None:
    flags = (flag(Flag.SAFETY_RISK, "2026-03-09"),) if flagged else ()
    about = with_alert(raised(log_id="log-1", measures=("PHQ-9",)), flags=flags)
    entry = follow_up("2026-03-08", PHQ9=12).model_copy(update={"id": corrected}) if corrected else None
    [alert] = with_corrected(about, "log-1", entry, measures, NOW)
    assert (is_paging(alert), alert.log_id) == (stands, log_id)
    [other] = with_corrected(about, "log-9", entry, measures, NOW)
    assert other == about.alerts[0]


def test_what_stands_stays_on_the_patient_however_many_follow() -> None:
    about = with_alert(raised())
    for number in range(9):
        over = raised(id=f"b{number}", over_at=NOW)
        about = about.model_copy(update={"alerts": with_raised(about, over)})
    assert [each.id for each in about.alerts] == ["a1", "b4", "b5", "b6", "b7", "b8"]


TREATED = {"treating_clinician": Clinician(name="Samuel M", user_id="samuel"), "care_manager": "noor"}
TWO_PHYSICIANS = [*TEAM_OF_CLINIC, member("tove", Role.PCP)]


def round_of(
    number: int, team: Sequence[RegistryUser], by: str = "noor", cover: str | None = None
) -> set[str]:
    about = patient().model_copy(update=TREATED)
    return {each.user_id for each in circle(number, registry(cover), team, about, raised(by), NOW)}


def test_the_treating_clinician_is_told_at_once_and_the_others_once_nobody_took_it() -> None:
    assert round_of(TEAM, TWO_PHYSICIANS) == {"iris", "samuel"}
    assert round_of(COVER, TWO_PHYSICIANS) == {"maya", "lena", "tove"}
    assert round_of(COVER, TWO_PHYSICIANS, cover="omar") == {"omar", "tove"}
    assert round_of(ADMINS, TWO_PHYSICIANS) == {"maya", "lena"}


@pytest.mark.parametrize(
    ("changed", "by", "first"),
    [
        # Away and covered; away and not; no longer a physician.
        (member("samuel", Role.PCP, covered_by="tove", cover_until="2026-03-09"), "noor", {"samuel", "tove"}),
        (member("samuel", Role.PCP, cover_until="2026-03-09"), "noor", {"samuel", "tove"}),
        (member("samuel", Role.FINANCE), "noor", {"tove"}),
        # The clinician raised it, so nobody is left to own it: the others are notified.
        (member("samuel", Role.PCP), "samuel", {"tove"}),
        # No psychiatrist is there to be notified: nobody is spared.
        (member("iris", Role.PSYCHIATRIST, cover_until="2026-03-09"), "noor", {"samuel", "tove"}),
        (member("iris", Role.FINANCE), "noor", {"samuel", "tove"}),
        (member("iris", Role.PSYCHIATRIST), "iris", {"samuel", "tove"}),
    ],
)
def test_nobody_is_spared_where_it_would_not_be_safe(changed: RegistryUser, by: str, first: set[str]) -> None:
    team = [changed if each.user_id == changed.user_id else each for each in TWO_PHYSICIANS]
    assert round_of(TEAM, team, by) & {"samuel", "tove"} == first
    told = round_of(TEAM, team, by) | round_of(COVER, team, by)
    physicians = {each.user_id for each in team if each.role is Role.PCP}
    assert physicians - {by} <= told


IDS = ("a", "b", "c", "d", "e")


@st.composite
def teams(draw: st.DrawFn) -> list[RegistryUser]:
    """Any team of up to five, some of them away, covered by anybody or by nobody."""
    found = []
    for user_id in IDS[: draw(st.integers(1, len(IDS)))]:
        away = {"cover_until": "2026-03-09"} if draw(st.booleans()) else {}
        cover = draw(st.sampled_from([None, *IDS]))
        covered = {"covered_by": cover} if away and cover else {}
        role = draw(st.sampled_from(list(Role)))
        found.append(member(user_id, role, admin=draw(st.booleans()), **away, **covered))
    return found


@given(
    team=teams(),
    by=st.sampled_from(IDS),
    named=st.sampled_from(IDS),
    cover=st.sampled_from([None, *IDS]),
    manager=st.sampled_from([None, *IDS]),
)
def test_a_treating_clinician_keeps_nobody_from_being_told_by_the_second_round(
    team: list[RegistryUser], by: str, named: str, cover: str | None, manager: str | None
) -> None:
    def rounds(about: Patient, *numbers: int) -> set[str]:
        return {
            each.user_id
            for number in numbers
            for each in circle(number, registry(cover), team, about, raised(by), NOW)
        }

    nobody = patient().model_copy(update={"care_manager": manager})
    about = nobody.model_copy(update={"treating_clinician": Clinician(name="N", user_id=named)})
    assert rounds(about, TEAM) <= rounds(nobody, TEAM)
    assert rounds(about, TEAM, COVER) >= rounds(nobody, TEAM, COVER)
    # At first only physicians are spared, and only beside a psychiatrist who is there.
    spared = rounds(nobody, TEAM) - rounds(about, TEAM)
    roles = {each.user_id: each.role for each in team}
    assert {roles[each] for each in spared} <= {Role.PCP}
    there = [each for each in team if each.role is Role.PSYCHIATRIST and each.cover_until is None]
    assert not spared or any(each.user_id != by for each in there)
    assert not spared or any(roles[each] is Role.PCP for each in rounds(about, TEAM))
