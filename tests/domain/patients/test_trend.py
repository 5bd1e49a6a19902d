import pytest

from cocm_bot.domain.measures.catalogue import Band, Measure
from cocm_bot.domain.patients.trend import trend
from cocm_bot.domain.records.history import Voided
from tests.domain import build

LOGS = [
    build.follow_up("2026-02-16", PHQ9=9),
    build.assessment("2026-01-05", PHQ9=18, GAD7=14),
    build.follow_up("2026-01-12", no_show=True, PHQ9=27),
    build.consult("2026-02-02"),
    build.follow_up("2026-03-02", PHQ9=4, GAD7=16),
]


def test_the_points_are_the_attended_scores_in_order_of_their_days() -> None:
    found = trend(build.patient(), LOGS, build.policy())
    told = {curve.measure.name: [(f"{p.day:%m-%d}", p.score) for p in curve.points] for curve in found.curves}
    assert told == {
        "PHQ-9": [("01-05", 18), ("02-16", 9), ("03-02", 4)],
        "GAD-7": [("01-05", 14), ("03-02", 16)],
    }
    assert [len(days) for days in (found.sessions, found.no_shows, found.consults)] == [3, 1, 1]


def test_the_line_has_a_bar_for_each_score_by_its_place_in_the_range() -> None:
    # of 27: 18 is in the sixth eighth, 9 in the third, 4 in the second; 8 weeks to the day
    phq, gad = trend(build.patient(), LOGS, build.policy()).curves
    assert phq.line == "PHQ-9 18 → 9 → 4 over 8 weeks"
    assert gad.line == "GAD-7 14 → 16 over 8 weeks"


def test_the_words_say_what_the_picture_shows() -> None:
    assert trend(build.patient(), LOGS, build.policy()).words == (
        "Scores of K7Q4. "
        "PHQ-9 went from 18 (moderately severe) on 5 Jan 2026 to 4 (minimal) on 2 Mar 2026: "
        "down 14, remission, 3 scores in 8 weeks. "
        "GAD-7 went from 14 (moderate) on 5 Jan 2026 to 16 (severe) on 2 Mar 2026: "
        "up 2, not improved, 2 scores in 8 weeks. "
        "3 contacts, 1 no-show, 1 psychiatric consult in this episode."
    )


def test_one_score_is_no_course() -> None:
    found = trend(build.patient(), LOGS[1:2], build.policy())
    assert found.curves[0].line == "PHQ-9 18"
    assert found.curves[0].sentence == "PHQ-9 was scored once, 18 (moderately severe) on 5 Jan 2026."


def test_no_score_is_said() -> None:
    found = trend(build.patient(), [build.consult("2026-02-02")], build.policy())
    assert found.curves == ()
    assert found.words == (
        "Scores of K7Q4. No scores yet. 0 contacts, 0 no-shows, 1 psychiatric consult in this episode."
    )


def test_a_voided_contact_and_an_earlier_episode_are_left_out() -> None:
    void = Voided(log_id=LOGS[0].id, by="user-1", at=build.at("2026-02-17"), reason="other patient")
    logs = [LOGS[0].model_copy(update={"voided": void}), *LOGS[1:]]
    [point] = trend(build.patient(reopened="2026-02-01"), logs, build.policy()).curves[0].points
    assert point.score == 4


def test_a_measure_no_longer_asked_for_is_still_shown() -> None:
    found = trend(build.patient(), LOGS, build.policy(measures=["GAD-7"]))
    assert [curve.measure.name for curve in found.curves] == ["GAD-7", "PHQ-9"]


def test_a_long_line_tells_the_first_and_the_latest() -> None:
    logs = [build.follow_up(f"2026-01-{day:02}", PHQ9=day) for day in range(1, 21)]
    line = trend(build.patient(), logs, build.policy()).curves[0].line
    assert line.startswith("PHQ-9 1 → … → 14 → 15")
    assert line.endswith("20 over 2 weeks")


@pytest.mark.parametrize(
    ("first", "latest", "words"),
    [
        (8, 14, "up 6, remission"),
        (8, 12, "up 4, response"),
        (8, 9, "up 1, not improved"),
        (9, 8, "down 1, not improved"),
        (14, 11, "down 3, worse"),
    ],
)
def test_where_higher_is_better_more_is_better(first: float, latest: float, words: str) -> None:
    wellbeing = Measure(
        name="WB",
        items=5,
        maximum=25,
        bands=(Band(start=0, word="low"), Band(start=13, word="good")),
        higher_is_worse=False,
        improved_below=10,
        meaningful_change=3,
        remission_below=13,
    )
    policy = build.policy()
    asked = type(policy)(policy.zone, policy.cadence, (wellbeing,))
    logs = [
        build.contact("2026-01-05", scores={"WB": first}),
        build.contact("2026-02-02", scores={"WB": latest}),
    ]
    assert f": {words}" in trend(build.patient(), logs, asked).curves[0].sentence
