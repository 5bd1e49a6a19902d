"""Self-harm as far as a total shows it, answers still missing, and people paged: by hand."""

from collections.abc import Mapping
from random import Random

import pytest

from cocm_bot.domain.contacts.contact import Contact, at_risk, check, completed
from cocm_bot.domain.due.rules import Reason, due
from cocm_bot.domain.errors import InvalidInput
from cocm_bot.domain.measures.catalogue import CATALOGUE, Measure
from cocm_bot.domain.measures.definition import own_measure
from cocm_bot.domain.measures.scoring import item_unknown, self_harm, settled_by_total
from cocm_bot.domain.patients.derive import derive
from cocm_bot.domain.records.course import Alert
from cocm_bot.domain.records.history import TreatmentLog
from cocm_bot.domain.records.risk_screen import Behavior, RiskScreen
from cocm_bot.domain.safety.self_harm import answer_lines, calls_for_page, open_items, told_none
from cocm_bot.domain.vocabulary import ContactType, VisitType
from tests.domain.build import at, contact, moment, patient, policy

PHQ_9, EPDS, GAD_7 = (CATALOGUE[name] for name in ("PHQ-9", "EPDS", "GAD-7"))
PHQ_A = own_measure({"name": "PHQ-A", "items": 9, "maximum": 27, "self_harm_item": 9, "self_harm_top": 3})
TEN = own_measure({"name": "Ten", "items": 4, "maximum": 30, "self_harm_item": 2, "self_harm_top": 10})


# --- the total settles the item -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("measure", "total", "settled", "above_0"),
    [
        (PHQ_9, 0, True, False),  # every item is 0
        (PHQ_9, 1, False, False),
        (PHQ_9, 9, False, False),
        (PHQ_9, 23, False, False),
        (PHQ_9, 24, False, False),  # eight times 3: the item may be 0
        (PHQ_9, 25, True, True),  # eight times 3 is 24: the item is 1 at least
        (PHQ_9, 27, True, True),
        (EPDS, 0, True, False),
        (EPDS, 1, False, False),
        (EPDS, 27, False, False),  # nine times 3
        (EPDS, 28, True, True),
        (EPDS, 30, True, True),
        (PHQ_A, 0, True, False),
        (PHQ_A, 24, False, False),
        (PHQ_A, 25, True, True),
        (PHQ_A, 27, True, True),
        (TEN, 20, False, False),  # the other three reach 20
        (TEN, 21, True, True),
    ],
)
def test_a_total_settles_the_item_at_0_and_where_the_others_do_not_reach(
    measure: Measure, total: float, settled: bool, above_0: bool
) -> None:
    assert settled_by_total(measure, total) is settled
    assert item_unknown(measure, total, None) is not settled
    assert self_harm(measure, total, None) is above_0
    assert not item_unknown(measure, total, 0)


def test_a_measure_without_such_an_item_leaves_nothing_open() -> None:
    assert [item_unknown(GAD_7, total, None) for total in (0, 10, 21)] == [False] * 3
    assert not item_unknown(PHQ_9, None, None)


# --- 100 respondents ----------------------------------------------------------------------------------------

# Item answers, the total and whether item 9 is above 0, added up by hand: the extremes of the distribution.
EXTREMES = """
000000000  0  no
000000001  1  yes
000000003  3  yes
100000000  1  no
333333330 24  no
333333331 25  yes
333333333 27  yes
222222220 16  no
222222222 18  yes
111111110  8  no
111111111  9  yes
300000000  3  no
333300000 12  no
000033333 15  yes
012301230 12  no
012301231 13  yes
321032103 15  yes
321032100 12  no
112223330 17  no
112223332 19  yes
"""
_random = Random(20260302)
GENERATED = ["".join(str(_random.choice("0001112233")) for _ in range(9)) for _ in range(80)]


def test_100_respondents_are_asked_about_safety_exactly_when_item_9_is_above_0() -> None:
    written = [line.split() for line in EXTREMES.strip().splitlines()]
    expected = [(answers, int(total), harm == "yes") for answers, total, harm in written]
    for answers in GENERATED:
        total = sum(answers.count(str(points)) * points for points in (1, 2, 3))
        expected.append((answers, total, answers[8] in "123"))
    assert len(expected) == 100
    assert {harm for _, _, harm in expected} == {True, False}
    for answers, total, harm in expected:
        found = completed(entered(answers={"PHQ-9": tuple(map(int, answers))}), policy())
        assert found.scores == {"PHQ-9": total}, answers
        assert bool(at_risk(policy(), found.scores, found.answers, found.self_harm)) is harm, answers
        if harm:
            with pytest.raises(InvalidInput) as asked:
                check(found, policy(), moment("2026-03-09"))
            assert asked.value.field == "safety_action"
        else:
            check(found, policy(), moment("2026-03-09"))


def entered(**values: object) -> Contact:
    return Contact.model_validate(
        {
            "contact_type": ContactType.FOLLOW_UP,
            "visit_type": VisitType.PHONE,
            "day": "2026-03-09",
            "minutes": 20,
            **values,
        }
    )


# --- the answer that is missing -----------------------------------------------------------------------------


def scored(when: str, total: float, answer: int | None, name: str = "PHQ-9", **more: object) -> TreatmentLog:
    harm = {} if answer is None else {name: answer}
    return contact(when, scores={name: total}, self_harm=harm).model_copy(update=more)


def screened(when: str) -> RiskScreen:
    return RiskScreen(wish=False, thoughts=False, behavior=Behavior.NEVER, by="maya", at=at(when))


@pytest.mark.parametrize(
    ("what", "logs", "screens", "since"),
    [
        ("no score", [contact("2026-03-02")], [], None),
        ("answered with 0", [scored("2026-03-02", 12, 0)], [], None),
        ("answered above 0", [scored("2026-03-02", 12, 2)], [], None),
        ("not known", [scored("2026-03-02", 12, None)], [], "2026-03-02"),
        ("0 tells by itself", [scored("2026-03-02", 0, None)], [], None),
        ("25 tells by itself", [scored("2026-03-02", 25, None)], [], None),
        ("24 does not", [scored("2026-03-02", 24, None)], [], "2026-03-02"),
        ("GAD-7 has no such item", [contact("2026-03-02", scores={"GAD-7": 12})], [], None),
        ("asked the next time", [scored("2026-03-02", 12, None), scored("2026-03-09", 11, 0)], [], None),
        (
            "the next time not known either",
            [scored("2026-03-02", 12, None), scored("2026-03-09", 11, None)],
            [],
            "2026-03-09",
        ),
        (
            "a contact without a score answers nothing",
            [scored("2026-03-02", 12, None), contact("2026-03-09")],
            [],
            "2026-03-02",
        ),
        (
            "known before, not now",
            [scored("2026-03-02", 12, 0), scored("2026-03-09", 11, None)],
            [],
            "2026-03-09",
        ),
        ("screened the same day", [scored("2026-03-02", 12, None)], [screened("2026-03-02 08:00")], None),
        ("screened later", [scored("2026-03-02", 12, None)], [screened("2026-03-05")], None),
        ("screened before", [scored("2026-03-02", 12, None)], [screened("2026-03-01")], "2026-03-02"),
        ("a no-show", [scored("2026-03-02", 12, None, no_show=True)], [], None),
    ],
)
def test_the_item_is_open_until_it_is_answered(
    what: str, logs: list[TreatmentLog], screens: list[RiskScreen], since: str | None
) -> None:
    who = patient(enrolled="2026-02-23").model_copy(update={"risk_screens": tuple(screens)})
    found = derive(who, logs, policy(), moment("2026-03-10"))
    held = [
        each for each in due(found, policy(), moment("2026-03-10")) if each.reason is Reason.SELF_HARM_OPEN
    ]
    day = held[0].since.isoformat() if held else None
    assert day == since, what


def test_it_is_due_the_same_day_and_says_which_answer_is_missing() -> None:
    logs = [scored("2026-03-09 10:00", 17, None)]
    found = derive(patient(enrolled="2026-02-23"), logs, policy(), moment("2026-03-09 10:01"))
    first = due(found, policy(), moment("2026-03-09 10:01"))[0]
    assert (first.reason, first.why) == (
        Reason.SELF_HARM_OPEN,
        "PHQ-9 17 of today (9 Mar), answer to item 9 not known",
    )
    both = [*logs, scored("2026-03-09 11:00", 9, None, "EPDS")]
    care = policy(measures=("PHQ-9", "EPDS"))
    told = due(derive(patient(), both, care, moment("2026-03-11")), care, moment("2026-03-11"))[0].why
    assert told == (
        "PHQ-9 17 of 2 days ago (9 Mar), answer to item 9 not known; "
        "EPDS 9 of 2 days ago (9 Mar), answer to item 10 not known"
    )


def test_a_score_of_an_earlier_episode_leaves_nothing_open() -> None:
    who = patient(enrolled="2025-06-02", reopened="2026-03-02")
    assert (
        derive(who, [scored("2025-07-01", 12, None)], policy(), moment("2026-03-10")).course.self_harm_open
        == {}
    )


def test_the_order_of_entry_does_not_matter() -> None:
    logs = [scored("2026-03-02", 12, None), scored("2026-03-09", 11, 0)]
    for order in (logs, logs[::-1]):
        assert derive(patient(), order, policy(), moment("2026-03-10")).course.self_harm_open == {}
    assert open_items(logs[:1], [], policy()) == {"PHQ-9": logs[0].date}


# --- who is paged -------------------------------------------------------------------------------------------

NOW = "2026-03-30 10:00"


def alert(raised: str, **more: object) -> Alert:
    return Alert(id="a", raised_by="maya", at=at(raised)).model_copy(update=more)


@pytest.mark.parametrize(
    ("what", "log", "others", "alerts", "pages"),
    [
        ("today", scored("2026-03-30", 12, 1), [], [], True),
        ("14 days ago", scored("2026-03-16", 12, 1), [scored("2026-03-23", 5, 0)], [], True),
        ("15 days ago, 0 since", scored("2026-03-15", 12, 1), [scored("2026-03-23", 5, 0)], [], False),
        (
            "15 days ago, a total of 0 since",
            scored("2026-03-15", 12, 1),
            [scored("2026-03-23", 0, None)],
            [],
            False,
        ),
        (
            "15 days ago, not known since",
            scored("2026-03-15", 12, 1),
            [scored("2026-03-23", 5, None)],
            [],
            True,
        ),
        ("15 days ago, above 0 since", scored("2026-03-15", 12, 1), [scored("2026-03-23", 5, 1)], [], True),
        ("15 days ago, nothing since", scored("2026-03-15", 12, 1), [], [], True),
        ("15 days ago, 0 before", scored("2026-03-15", 12, 1), [scored("2026-03-01", 5, 0)], [], True),
        (
            "15 days ago, 0 the same day",
            scored("2026-03-15", 12, 1),
            [scored("2026-03-15 17:00", 5, 0)],
            [],
            True,
        ),
        ("80 days ago, 0 since", scored("2026-01-09", 18, 1), [scored("2026-03-23", 5, 0)], [], False),
        ("80 days ago, nothing since", scored("2026-01-09", 18, 1), [], [], True),
        ("80 days ago, marked", scored("2026-01-09", 18, 1, history=True), [], [], False),
        ("a week ago, marked", scored("2026-03-23", 18, 1, history=True), [], [], False),
        (
            "80 days ago, paged an hour ago",
            scored("2026-01-09", 18, 1),
            [],
            [alert("2026-03-30 09:00")],
            False,
        ),
        (
            "80 days ago, paged an hour ago and taken",
            scored("2026-01-09", 18, 1),
            [],
            [alert("2026-03-30 09:00", taken_by="iris", taken_at=1.0)],
            False,
        ),
        ("80 days ago, an alert stands", scored("2026-01-09", 18, 1), [], [alert("2026-03-20")], False),
        (
            "80 days ago, paged long ago and over",
            scored("2026-01-09", 18, 1),
            [],
            [alert("2026-03-20", over_at=1.0)],
            True,
        ),
        (
            "80 days ago, said on the card only",
            scored("2026-01-09", 18, 1),
            [],
            [alert("2026-03-30", quiet=True)],
            True,
        ),
        ("today, while an alert stands", scored("2026-03-30", 12, 2), [], [alert("2026-03-30 09:00")], True),
        (
            "80 days ago, 0 since in an entry that was voided",
            scored("2026-01-09", 18, 1),
            [scored("2026-03-23", 5, 0, voided="void")],
            [],
            True,
        ),
    ],
)
def test_who_is_paged(
    what: str, log: TreatmentLog, others: list[TreatmentLog], alerts: list[Alert], pages: bool
) -> None:
    assert calls_for_page(log, others, alerts, policy(), 14, at(NOW)) is pages, what


def test_the_setting_says_what_is_long_ago() -> None:
    log, since = scored("2026-03-15", 12, 1), [scored("2026-03-23", 5, 0)]
    assert [calls_for_page(log, since, [], policy(), days, at(NOW)) for days in (14, 15)] == [False, True]


def test_a_contact_of_today_is_no_history() -> None:
    risky: Mapping[str, object] = {"self_harm": {"PHQ-9": 1}, "safety_action": "Called", "history": True}
    with pytest.raises(InvalidInput) as refused:
        check(completed(entered(**risky), policy()), policy(), moment("2026-03-09 10:00"))
    assert refused.value.field == "history"
    check(completed(entered(**risky), policy()), policy(), moment("2026-03-10 10:00"))


@pytest.mark.parametrize(
    ("log", "told"),
    [
        (scored("2026-03-02", 17, 1), ["PHQ-9 17, item 9: 1 · several days"]),
        (scored("2026-03-02", 17, 3), ["PHQ-9 17, item 9: 3 · nearly every day"]),
        (scored("2026-03-02", 17, None), ["PHQ-9 17, item 9: not known"]),
        (scored("2026-03-02", 26, None), ["PHQ-9 26, item 9: above 0, as the total tells"]),
        (scored("2026-03-02", 0, None), ["PHQ-9 0, item 9: 0, as the total tells"]),
        (contact("2026-03-02", scores={"GAD-7": 12}), []),
        (contact("2026-03-02", self_harm={"PHQ-9": 2}), ["PHQ-9 item 9: 2 · more than half the days"]),
    ],
)
def test_the_answer_is_told_with_the_total_and_the_words_of_the_form(
    log: TreatmentLog, told: list[str]
) -> None:
    assert answer_lines(log, policy()) == told
    assert told_none(log, policy()) is (": 0" in "".join(told))
