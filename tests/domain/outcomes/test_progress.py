from dataclasses import replace

import pytest

from cocm_bot.domain.measures.catalogue import CATALOGUE, Measure
from cocm_bot.domain.outcomes.courses import follow
from cocm_bot.domain.outcomes.progress import Progress, in_remission, progress
from cocm_bot.domain.records.course import MeasureCourse
from tests.domain.build import assessment, at, contact, follow_up, policy

PHQ9 = CATALOGUE["PHQ-9"]
WELLBEING = Measure(name="Wellbeing", items=5, maximum=25, higher_is_worse=False)


def course(first: float, latest: float, count: int = 2) -> MeasureCourse:
    return MeasureCourse(first=first, first_date=0, latest=latest, latest_date=1, count=count)


@pytest.mark.parametrize(
    ("first", "latest", "expected"),
    [
        # Improved: of a first score of 10 or more, below 10 or at most half of it.
        (18, 16, Progress(-2, -100 / 9, improved=False, response=False, remission=False, worse=False)),
        (18, 10, Progress(-8, -400 / 9, improved=False, response=False, remission=False, worse=False)),
        (18, 9, Progress(-9, -50, improved=True, response=True, remission=False, worse=False)),
        (20, 11, Progress(-9, -45, improved=False, response=False, remission=False, worse=False)),
        (20, 10, Progress(-10, -50, improved=True, response=True, remission=False, worse=False)),
        # Improved without response: crossing the line is enough.
        (12, 9, Progress(-3, -25, improved=True, response=False, remission=False, worse=False)),
        # Response without remission, and remission at its own line.
        (10, 5, Progress(-5, -50, improved=True, response=True, remission=False, worse=False)),
        (10, 4, Progress(-6, -60, improved=True, response=True, remission=True, worse=False)),
        # Remission without response: the first score was low already.
        (6, 4, Progress(-2, -100 / 3, improved=True, response=False, remission=True, worse=False)),
        # Of a first score below the line: half of it, or remission; never one that rose.
        (9, 5, Progress(-4, -400 / 9, improved=False, response=False, remission=False, worse=False)),
        (8, 4, Progress(-4, -50, improved=True, response=True, remission=True, worse=False)),
        (9, 9, Progress(0, 0, improved=False, response=False, remission=False, worse=False)),
        (4, 9, Progress(5, 125, improved=False, response=False, remission=False, worse=True)),
        (2, 4, Progress(2, 100, improved=False, response=False, remission=True, worse=False)),
        (3, 3, Progress(0, 0, improved=True, response=False, remission=True, worse=False)),
        (9, 10, Progress(1, 100 / 9, improved=False, response=False, remission=False, worse=False)),
        # A first score of 0 has no percentage.
        (0, 0, Progress(0, None, improved=True, response=None, remission=True, worse=False)),
        (0, 12, Progress(12, None, improved=False, response=None, remission=False, worse=True)),
        (27, 27, Progress(0, 0, improved=False, response=False, remission=False, worse=False)),
        (27, 0, Progress(-27, -100, improved=True, response=True, remission=True, worse=False)),
    ],
)
def test_the_four_words_of_phq_9(first: float, latest: float, expected: Progress) -> None:
    found = progress(course(first, latest), PHQ9)
    assert found.percent == pytest.approx(expected.percent)
    assert found == replace(expected, percent=found.percent)


def test_a_single_score_has_not_changed() -> None:
    assert progress(course(18, 18, count=1), PHQ9) == Progress(
        change=0, percent=0, improved=False, response=False, remission=False, worse=False
    )


@pytest.mark.parametrize("name", ["PHQ-2", "AUDIT-C"])
def test_a_measure_that_only_screens_makes_nobody_a_responder(name: str) -> None:
    found = progress(course(6, 3), CATALOGUE[name])
    assert (found.improved, found.response, found.remission, found.worse) == (None, None, None, None)


@pytest.mark.parametrize(
    ("first", "latest", "percent", "response"),
    [(10, 15, 50, True), (10, 14, 40, False), (10, 5, -50, False)],
)
def test_where_higher_is_better_a_response_is_a_rise(
    first: float, latest: float, percent: float, response: bool
) -> None:
    found = progress(course(first, latest), WELLBEING)
    assert (found.percent, found.improved, found.response, found.remission) == (
        percent,
        None,
        response,
        None,
    )


@pytest.mark.parametrize(
    ("scores", "expected"),
    [
        ({}, False),
        ({"PHQ-9": 4}, True),
        ({"PHQ-9": 5}, False),
        ({"PHQ-9": 4, "GAD-7": 4}, True),
        ({"PHQ-9": 4, "GAD-7": 5}, False),
        ({"ISI": 0}, True),
        ({"PHQ-9": 4, "ISI": 20}, False),
        ({"PHQ-9": 4, "EPDS": 20}, True),
        ({"EPDS": 0}, False),
        ({"Unheard of": 0}, False),
    ],
)
def test_in_remission_needs_every_deciding_measure_that_defines_it(
    scores: dict[str, float], expected: bool
) -> None:
    courses = {name: course(18, latest) for name, latest in scores.items()}
    assert in_remission(courses, policy(measures=("PHQ-9", "GAD-7", "ISI", "EPDS"))) is expected


def test_first_latest_and_count_go_by_the_contacts_own_dates() -> None:
    late_entry = follow_up("2026-01-12", PHQ9=17).model_copy(update={"recorded_at": at("2026-03-01")})
    logs = [assessment("2026-01-05", PHQ9=18), follow_up("2026-02-02", PHQ9=14), late_entry]
    found = follow(logs, policy(), None).courses["PHQ-9"]
    assert (found.first, found.latest, found.count) == (18, 14, 3)
    assert (found.first_date, found.latest_date) == (at("2026-01-05"), at("2026-02-02"))


def test_a_no_shows_scores_are_nobodys() -> None:
    logs = [assessment("2026-01-05", PHQ9=18), follow_up("2026-01-12", no_show=True, PHQ9=3)]
    assert follow(logs, policy(), None).courses["PHQ-9"].latest == 18


def test_of_two_scores_on_one_day_the_one_recorded_later_is_the_latest() -> None:
    first, second = follow_up("2026-01-12", PHQ9=12), follow_up("2026-01-12", PHQ9=11)
    logs = [second.model_copy(update={"id": "a"}), first.model_copy(update={"id": "b"})]
    assert follow(logs, policy(), None).courses["PHQ-9"].latest == 11


def test_an_episode_begins_on_its_local_day() -> None:
    # 20:00 on 31 May in New York is 1 June in UTC, and still May in the registry.
    logs = [
        follow_up("2026-05-31 20:00", PHQ9=20),
        follow_up("2026-06-01 00:00", PHQ9=15),
        follow_up("2026-06-15", PHQ9=11),
    ]
    since = policy().local_date(at("2026-06-01 09:00"))
    assert follow(logs, policy(), since).courses["PHQ-9"].first == 15


D = [f"2026-01-{day:02}" for day in (1, 8, 15, 22, 29)]


@pytest.mark.parametrize(
    ("scores", "not_improved_since", "remission_since", "remission_confirmed"),
    [
        ([18], D[0], None, None),
        ([9], D[0], None, None),
        ([4], None, D[0], None),
        ([18, 16, 14], D[0], None, None),
        ([18, 9, 12], D[2], None, None),
        ([18, 9, 12, 14], D[2], None, None),
        ([18, 16, 9], None, None, None),
        ([24, 12, 13], D[2], None, None),
        ([0, 12], D[1], None, None),
        ([18, 4], None, D[1], None),
        ([18, 4, 3], None, D[1], D[2]),
        ([18, 4, 3, 2, 1], None, D[1], D[2]),
        ([18, 4, 3, 5, 4], None, D[4], None),
        ([18, 4, 3, 5], None, None, None),
        ([0, 0], None, D[0], D[1]),
    ],
)
def test_runs_reach_back_to_where_they_began(
    scores: list[float],
    not_improved_since: str | None,
    remission_since: str | None,
    remission_confirmed: str | None,
) -> None:
    logs = [follow_up(day, PHQ9=score) for day, score in zip(D, scores, strict=False)]
    found = follow(logs, policy(), None).courses["PHQ-9"]
    expected = [day and at(day) for day in (not_improved_since, remission_since, remission_confirmed)]
    assert [found.not_improved_since, found.remission_since, found.remission_confirmed] == expected


def test_a_measure_the_registry_does_not_use_is_followed_without_runs() -> None:
    logs = [contact("2026-01-05", scores={"PHQ-2": 6}), contact("2026-01-12", scores={"PHQ-2": 1})]
    assert follow(logs, policy(), None).courses["PHQ-2"] == MeasureCourse(
        first=6, first_date=at("2026-01-05"), latest=1, latest_date=at("2026-01-12"), count=2
    )
