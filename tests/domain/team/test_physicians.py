"""The physicians who answer for a patient, on a day and for a recommendation."""

from datetime import date

import pytest

from cocm_bot.domain.members import RegistryUser
from cocm_bot.domain.records.care_details import Clinician
from cocm_bot.domain.team.physicians import addressees, physicians_for
from cocm_bot.domain.vocabulary import Role
from tests.domain.build import patient, recommendation

TODAY = date(2026, 3, 9)


def member(
    user_id: str, role: Role = Role.PCP, cover: str | None = None, until: str | None = None
) -> RegistryUser:
    return RegistryUser(
        registry_id="r1",
        user_id=user_id,
        date_created=0,
        first_name=user_id.title(),
        last_name="M",
        role=role,
        is_admin=False,
        covered_by=cover,
        cover_until=until,
    )


SAM, TOVE, UMA = member("sam"), member("tove"), member("uma")
NAMED = Clinician(name="Sam M", user_id="sam")
AWAY = "2026-03-09"
TEAM = [SAM, TOVE, UMA, member("maya", Role.CARE_MANAGER), member("iris", Role.PSYCHIATRIST)]


def team(*changed: RegistryUser, without: str = "") -> list[RegistryUser]:
    others = {each.user_id: each for each in changed}
    return [others.get(each.user_id, each) for each in TEAM if each.user_id != without]


@pytest.mark.parametrize(
    ("named", "members", "expected"),
    [
        (None, team(), {"sam", "tove", "uma"}),
        (Clinician(name="Dr. Outside"), team(), {"sam", "tove", "uma"}),
        (NAMED, team(), {"sam"}),
        # Left, or in another role since: as if none were named.
        (NAMED, team(without="sam"), {"tove", "uma"}),
        (NAMED, team(member("sam", Role.FINANCE)), {"tove", "uma"}),
        (NAMED, team(member("sam", Role.CARE_MANAGER)), {"tove", "uma"}),
        # Nobody but a physician can be one, whatever is stored.
        (Clinician(name="Iris M", user_id="iris"), team(), {"sam", "tove", "uma"}),
        # Away: the cover too; until the last day, which is included.
        (NAMED, team(member("sam", cover="tove", until=AWAY)), {"sam", "tove"}),
        (
            NAMED,
            team(member("sam", cover="tove", until="2026-03-08")),
            {"sam"},
        ),
        # Away without cover, or the cover is away too, or has left, or is no physician.
        (NAMED, team(member("sam", until=AWAY)), {"sam", "tove", "uma"}),
        (
            NAMED,
            team(member("sam", cover="tove", until=AWAY), member("tove", until=AWAY)),
            {"sam", "tove", "uma"},
        ),
        (
            NAMED,
            team(member("sam", cover="tove", until=AWAY), without="tove"),
            {"sam", "uma"},
        ),
        (
            NAMED,
            team(member("sam", cover="maya", until=AWAY)),
            {"sam", "tove", "uma"},
        ),
        # Covers are followed, round a circle as well.
        (
            NAMED,
            team(member("sam", cover="tove", until=AWAY), member("tove", cover="uma", until=AWAY)),
            {"sam", "tove", "uma"},
        ),
        (
            NAMED,
            team(member("sam", cover="tove", until=AWAY), member("tove", cover="sam", until=AWAY)),
            {"sam", "tove", "uma"},
        ),
    ],
)
def test_who_answers_for_a_patient(
    named: Clinician | None, members: list[RegistryUser], expected: set[str]
) -> None:
    about = patient().model_copy(update={"treating_clinician": named})
    assert {each.user_id for each in physicians_for(about, members, TODAY)} == expected


@pytest.mark.parametrize(
    ("addressed", "named", "members", "expected"),
    [
        (("sam", "maya"), "sam", team(), {"sam", "maya"}),
        (("sam", "maya"), None, team(), {"sam", "maya"}),
        # Named after it was given.
        (("sam", "tove", "uma", "maya"), "tove", team(), {"sam", "tove", "uma", "maya"}),
        (("sam", "maya"), "tove", team(), {"sam", "tove", "maya"}),
        # Who was asked is no longer there to answer: every physician is.
        (("sam", "maya"), "sam", team(without="sam"), {"sam", "tove", "uma", "maya"}),
        (("sam", "maya"), "sam", team(member("sam", Role.FINANCE)), {"sam", "tove", "uma", "maya"}),
        (("sam", "maya"), "sam", team(member("sam", until=AWAY)), {"sam", "tove", "uma", "maya"}),
        # Where none was named, it stays with those it was addressed to.
        (("sam", "maya"), None, team(member("sam", until=AWAY)), {"sam", "maya"}),
        (("sam", "maya"), "sam", team(member("sam", cover="uma", until=AWAY)), {"sam", "uma", "maya"}),
    ],
)
def test_whom_a_recommendation_is_for(
    addressed: tuple[str, ...], named: str | None, members: list[RegistryUser], expected: set[str]
) -> None:
    about = patient().model_copy(
        update={"treating_clinician": Clinician(name="N", user_id=named) if named else None}
    )
    given = recommendation("2026-03-02").model_copy(update={"addressed_to": addressed})
    assert addressees(given, about, members, TODAY) == expected
