"""Corners where two clinical rules meet: each day and word worked out by hand from `d0`, 5 January 2026."""

import pytest

from cocm_bot.domain.contacts.contact import check_day
from cocm_bot.domain.due.rules import Reason, due
from cocm_bot.domain.errors import InvalidInput
from cocm_bot.domain.measures.catalogue import CATALOGUE, Measure
from cocm_bot.domain.measures.definition import own_measure
from cocm_bot.domain.measures.scoring import check_self_harm
from cocm_bot.domain.outcomes.progress import moved, word
from cocm_bot.domain.patients.status_changes import leaving_concerns
from cocm_bot.domain.settings.policy import CarePolicy
from cocm_bot.domain.vocabulary import Status
from tests.domain.build import at, contact, derived, moment, patient, policy
from tests.domain.cases import Case, check, found
from tests.domain.clinical import day, history
from tests.domain.due.test_clinical_due import ENROLLED, NYS, PREVENTED, REMITTED, RULE, WEEK_8, R, Row

BOTH = "d0 IA P=18 G=14"
ROWS = [
    # --- relapse signs ---
    Row(R.RELAPSE, f"{REMITTED}; d70 FU P=12; d70 FU P=4", "–", "of two scores of a day the later counts"),
    Row(R.RELAPSE, "d0 IA P=18; d28 FU P=9; d56 FU P=10", "d56", "the line itself", RULE, PREVENTED, "d30"),
    Row(R.RELAPSE, "d0 IA P=18 G=6; d28 FU P=4; d56 FU P=4 G=12", "–", "decides not", RULE, PREVENTED, "d30"),
    Row(R.RELAPSE, f"{BOTH}; d28 FU P=4 G=12; d42 FU P=3 G=11; d70 FU P=12 G=4", "–",
        "remission needs all deciding measures"),
    Row(R.RELAPSE, f"{BOTH}; d14 FU P=4; d21 FU G=4; d28 FU P=3; d35 FU G=3; d70 FU P=11", "d70",
        "measured on different days"),
    Row(R.RELAPSE, f"{REMITTED}; d70 FU P=12; d71 PC x", "d70", "a missed consult is none"),
    Row(R.RELAPSE, f"{REMITTED}; d70 RP P=12", "d70", "seen in the contact of a plan"),
    Row(R.RELAPSE, f"{REMITTED}; d70 FU P=12; d69 PC rec=d72", "d70", "a consult of before, entered after"),
    # --- worsening ---
    Row(R.WORSENING, "d0 IA P=18; d14 FU P=8; d35 FU P=13", "d35", "5 above the best, at the line", NYS),
    Row(R.WORSENING, "d0 IA P=18; d14 FU P=8; d35 FU P=12", "–", "4 above the best", NYS),
    Row(R.WORSENING, "d0 IA P=4; d14 FU P=9", "d14", "5 above the first, below the line", NYS),
    Row(R.WORSENING, "d0 IA P=18 G=14; d14 FU G=18", "d14", "GAD-7 up 4 suffices", NYS),
    Row(R.WORSENING, "d0 IA P=18; d14 FU P=23; d20 FU P=18", "–", "back where it began", NYS),
    Row(R.WORSENING, "d0 IA P=11; d14 FU P=17; d15 PC; d28 FU P=18", "d28", "worse again after it", NYS),
    Row(R.WORSENING, "d0 IA P=11; d14 FU P=17; d14 PC rec=d15", "–", "the consult of that day", NYS),
    Row(R.WORSENING, "d0 IA P=11; d14 FU P=17; d13 PC rec=d15", "d14", "one of the day before", NYS),
    Row(R.WORSENING, "d0 IA P=11; d14 FU P=17", "–", "in prevention it is a relapse or none", NYS, PREVENTED),
    # --- not improving ---
    Row(R.NOT_IMPROVING, "d0 IA P=18; d50 FU P=10", "d56", "at the line, 44 % below", WEEK_8),
    Row(R.NOT_IMPROVING, "d0 IA P=20; d50 FU P=10", "–", "at the line, 50 % below", WEEK_8),
    Row(R.NOT_IMPROVING, "d0 IA P=19; d50 FU P=10", "d56", "half of 19 is 9.5", WEEK_8),
    Row(R.NOT_IMPROVING, "d0 IA; d60 FU P=18", "d60", "first scored after week 8", WEEK_8),
    Row(R.NOT_IMPROVING, "d0 IA P=18; d57 PC", "d85", "4 weeks after the consult", WEEK_8),
    Row(R.NOT_IMPROVING, f"{BOTH}; d40 FU P=6 G=13", "d56", "one of two has not improved", WEEK_8),
    Row(R.NOT_IMPROVING, "d0 IA P=18; d30 IA P=17", "d56", "a reassessment resets no weeks", WEEK_8),
    Row(R.NOT_IMPROVING, "d0 IA P=8; d50 FU P=8", "d56", "below the line from the first, and stuck", WEEK_8),
    Row(R.NOT_IMPROVING, "d0 IA P=8; d50 FU P=4", "–", "in remission", WEEK_8),
    # --- never reviewed, stale ---
    Row(R.NEVER_REVIEWED, "d0 IA; d27 PC x", "d28", "a missed consult reviews nobody", NYS),
    Row(R.NEVER_REVIEWED, "d10 IA", "d38", "from the assessment", NYS, Status.TREATMENT, "d10"),
    Row(R.NEVER_REVIEWED, "d0 IA; d12 PC rec=d40", "–", "entered late", NYS),
    Row(R.STALE_CONSULT, "d0 IA P=18; d10 PC; d30 FU P=4", "–", "in remission", NYS),
    Row(R.STALE_CONSULT, "d0 IA P=18; d10 PC; d30 FU P=5", "d67", "5 is no remission; 57 days", NYS),
    Row(R.STALE_CONSULT, f"{BOTH}; d10 PC; d30 FU P=4 G=6", "d67", "one of two is not in remission", NYS),
    # --- appointment and follow-up ---
    Row(R.APPOINTMENT, "d0 IA next=d20; d21 FU", "–", "met a day late"),
    Row(R.APPOINTMENT, "d0 IA next=d20; d10 FU", "d20", "met before it"),
    Row(R.APPOINTMENT, "d0 IA next=d20; d10 FU next=d24", "d24", "moved at the next contact"),
    Row(R.APPOINTMENT, "d0 IA next=d20; d20 FU x", "–", "missed: the follow-up calls"),
    Row(R.FOLLOW_UP, "d0 IA next=d20; d20 FU x", "d22", "2 days after the missed one"),
    Row(R.APPOINTMENT, "d0 IA; d7 FU x next=d12", "d12", "agreed after a no-show"),
    Row(R.FOLLOW_UP, "d0 IA; d7 FU x next=d12", "d12", "the same: not before it"),
    Row(R.FOLLOW_UP, "d0 IA; d7 FU x; d8 FU", "d15", "made good"),
    Row(R.FOLLOW_UP, "d0 IA; d14 FU x; d14 FU rec=d15", "d21", "made good that day, entered the next"),
    Row(R.FOLLOW_UP, "d0 IA; d10 PC", "d7", "a consult is no contact with the patient"),
    Row(R.FOLLOW_UP, "d0 IA; d27 FU", "d34", "still in the first 4 weeks"),
    Row(R.FOLLOW_UP, "d0 IA; d28 FU", "d42", "after them"),
    Row(R.FOLLOW_UP, "d0 IA; d40 RP", "d70", "in prevention", RULE, PREVENTED, "d40"),
    Row(R.FOLLOW_UP, f"{REMITTED}; d43 RP; d70 FU P=12", "d77", "closer in a relapse",
        RULE, PREVENTED, "d43"),
    Row(R.FOLLOW_UP, f"{REMITTED}; d43 RP; d70 FU P=12; d71 PC", "d100", "until the consult",
        RULE, PREVENTED, "d43"),
    # --- measure, assessment, plan, check, lost ---
    Row(R.MEASURE, "d0 IA P=18; d20 FU G=9", "d30", "GAD-7 does not decide"),
    Row(R.MEASURE, f"{BOTH}; d20 FU G=9", "d50", "any that decides"),
    Row(R.MEASURE, "d0 IA; d10 FU", "d30", "never scored: from the assessment"),
    Row(R.MEASURE, "d0 IA P=18; d40 RP P=4", "d130", "90 days in prevention", RULE, PREVENTED, "d40"),
    Row(R.ASSESSMENT, "d3 IA x", "d7", "missed", RULE, ENROLLED),
    Row(R.ASSESSMENT, "d5 FU", "d7", "a follow-up assesses nobody", RULE, ENROLLED),
    Row(R.PLAN, "d0 IA P=18; d28 FU P=4; d42 FU P=5; d56 FU P=4", "–", "not two in a row"),
    Row(R.PLAN, "d0 IA P=18; d28 FU P=4; d30 RP; d42 FU P=3", "–", "written before the second"),
    Row(R.PLAN, f"{REMITTED}; d43 RP; d70 FU P=12; d80 RP; d84 FU P=4; d98 FU P=3", "–",
        "written since the relapse"),
    Row(R.PLAN, "d0 IA P=4 G=14; d28 FU G=4; d42 FU G=3", "d42", "PHQ-9 was never high"),
    Row(R.PLAN_CHECK, f"{REMITTED}; d43 RP check=d73; d72 FU", "d73", "met the day before"),
    Row(R.PLAN_CHECK, f"{REMITTED}; d43 RP check=d73; d73 FU x", "d73", "missed on it"),
    Row(R.SELF_HARM_OPEN, "d0 IA P=24 ?", "d0", "eight times 3: the item may be 0"),
    Row(R.SELF_HARM_OPEN, "d0 IA P=25 ?", "–", "it must be above 0: a risk, and no question"),
    Row(R.LOST, "d0 IA; d59 FU x", "d60", "a no-show is no contact"),
    Row(R.LOST, "d0 IA; d59 CC; d59 OA; d59 PC", "d60", "nor is anything without the patient"),
]  # fmt: skip


@pytest.mark.parametrize("row", ROWS, ids=str)
def test_where_two_rules_meet(row: Row) -> None:
    who = patient(row.status, status_since=day(row.status_since))
    check(Case(row.why, history(row.entries), None if row.since == "–" else day(row.since), who), row.reason)


@pytest.mark.parametrize(
    ("entries", "status", "since"),
    [
        ("d0 IA", Status.TREATMENT, "d10"),
        ("d0 IA; d40 FU", Status.TREATMENT, "d50"),
        ("d0 IA; d40 RP", Status.RELAPSE_PREVENTION, "d50"),
        # A relapse asks for the closer of the two; an appointment goes before both.
        (f"{REMITTED}; d70 FU P=12", Status.TREATMENT, "d77"),
        ("d0 IA next=d20", Status.TREATMENT, "d20"),
        ("d0 IA; d3 FU x", Status.TREATMENT, "d5"),
    ],
)
def test_a_patients_own_interval_of_10_days(entries: str, status: Status, since: str) -> None:
    who = patient(status).model_copy(update={"follow_up_days": 10})
    check(Case("own interval", history(entries), day(since), who), Reason.FOLLOW_UP)


def test_a_contact_typed_in_for_the_day_of_a_no_show_makes_it_good() -> None:
    """By its hour it is before the no-show, which was logged at 15:00; by its place it is after it."""
    missed = contact("2026-01-19 15:00", no_show=True)
    came = contact("2026-01-19").model_copy(update={"recorded_at": at("2026-01-20 09:00")})
    check(Case("", [*history("d0 IA"), missed, came], day("d21")), Reason.FOLLOW_UP)
    check(Case("", [*history("d0 IA"), missed], day("d7")), Reason.FOLLOW_UP)


WELL = own_measure(
    {"name": "Well", "items": 5, "maximum": 25, "higher_is_worse": False,
     "improved": 10, "remission": 13, "change": 4}
)  # fmt: skip
WORDS = [
    ("PHQ-9", 10, 9, "improved"),
    ("PHQ-9", 9, 10, "not improved"),
    ("PHQ-9", 10, 5, "response"),
    ("PHQ-9", 9, 4, "remission"),
    ("PHQ-9", 4, 9, "worse"),
    ("PHQ-9", 0, 5, "worse"),
    ("PHQ-9", 0, 4, "remission"),
    ("EPDS", 14, 9, "improved"),
    ("EPDS", 9, 5, "not improved"),
    ("EPDS", 9, 4, "response"),
    ("PCL-5", 40, 30, "improved"),
    ("PCL-5", 40, 31, "not improved"),
    ("PCL-5", 30, 40, "worse"),
    ("ISI", 16, 15, "not improved"),
    ("ISI", 16, 14, "improved"),
    ("ISI", 16, 8, "response"),
    ("ISI", 16, 7, "remission"),
    ("GAD-7", 10, 14, "worse"),
    ("GAD-7", 10, 13, "not improved"),
    ("PHQ-2", 6, 0, ""),
    # Higher is better: 10 or less is a case, and the way up is the way out.
    ("Well", 8, 10, "not improved"),
    ("Well", 8, 11, "improved"),
    ("Well", 8, 12, "response"),
    ("Well", 8, 14, "remission"),
    ("Well", 11, 7, "worse"),
]


@pytest.mark.parametrize(("name", "first", "latest", "expected"), WORDS)
def test_the_word_for_a_way(name: str, first: float, latest: float, expected: str) -> None:
    measure = WELL if name == "Well" else CATALOGUE[name]
    found = moved(first, latest, measure)
    assert word(found) == expected
    # A score that got worse is never improved, whatever else is said of it.
    assert not (found.improved and (latest > first if measure.higher_is_worse else latest < first))


@pytest.mark.parametrize(
    ("score", "expected"), [(2, "negative"), (3, "positive for women"), (4, "positive"), (12, "positive")]
)
def test_audit_c_says_both_of_its_cut_offs(score: float, expected: str) -> None:
    assert CATALOGUE["AUDIT-C"].band(score) == expected


@pytest.mark.parametrize(
    ("score", "answer", "possible"),
    [
        (3, 3, True),
        (2, 3, False),
        (27, 3, True),
        (26, 1, False),
        (25, 1, True),
        (24, 0, True),
        (25, 0, False),
    ],
)
def test_a_total_and_the_answer_beside_it(score: float, answer: int, possible: bool) -> None:
    if possible:
        check_self_harm(CATALOGUE["PHQ-9"], score, answer)
    else:
        with pytest.raises(InvalidInput, match="is not possible with item 9"):
            check_self_harm(CATALOGUE["PHQ-9"], score, answer)


@pytest.mark.parametrize(
    ("when", "fine"),
    [("2025-11-06", True), ("2025-11-05", False), ("1980-02-28", False), ("2025-01-05", False)],
)
def test_a_contact_is_at_most_60_days_before_the_enrollment(when: str, fine: bool) -> None:
    if fine:
        check_day(moment(when).date(), patient(), policy())
    else:
        with pytest.raises(InvalidInput, match="Is the year right"):
            check_day(moment(when).date(), patient(), policy())


# --- an answer stays one, whatever the registry asks for ----------------------------------------------------


def without(name: str) -> CarePolicy:
    """The policy of a registry that asked for this measure before, and asks for GAD-7 now."""
    care = policy(measures=("GAD-7",))
    dropped: tuple[Measure, ...] = (CATALOGUE[name],)
    return CarePolicy(care.zone, care.cadence, care.measures, care.billing, dropped)


def test_a_question_stays_open_when_its_measure_is_no_longer_asked_for() -> None:
    care = without("PHQ-9")
    found_due = due(derived(patient(), history("d0 IA P=17 ?"), day("d1"), care), care, moment(day("d1")))
    assert (found_due[0].reason, found_due[0].why) == (
        Reason.SELF_HARM_OPEN,
        "PHQ-9 17 of yesterday (5 Jan), answer to item 9 not known",
    )


def test_the_answer_alone_closes_the_question() -> None:
    scored, asked = history("d0 IA P=17 ?; d1 FU")
    answered = asked.model_copy(update={"self_harm": {"PHQ-9": 0}})
    assert found(Case("", [scored], None), Reason.SELF_HARM_OPEN, day("d2")) is not None
    assert found(Case("", [scored, asked], None), Reason.SELF_HARM_OPEN, day("d2")) is not None
    assert found(Case("", [scored, answered], None), Reason.SELF_HARM_OPEN, day("d2")) is None


PLANLESS = "there is no relapse prevention plan"


@pytest.mark.parametrize(
    ("entries", "concerns"),
    [
        # PHQ-9 does not decide: its first score was below the line. It is at the line now all the same.
        ("d0 IA P=8 G=14; d28 FU P=22 G=4", ["PHQ-9 is 22, at or above 10", PLANLESS]),
        ("d0 IA P=18; d28 FU P=8 ?", ["the answer to item 9 of PHQ-9 is not known", PLANLESS]),
        ("d0 IA P=18 G=14; d28 FU P=10 G=10; d30 RP",
         ["PHQ-9 is 10, at or above 10", "GAD-7 is 10, at or above 10"]),
        ("d0 IA P=18 PHQ-2=6; d28 FU P=9 PHQ-2=6; d30 RP", []),
    ],
)  # fmt: skip
def test_what_is_asked_about_before_somebody_leaves(entries: str, concerns: list[str]) -> None:
    care = policy(measures=("PHQ-9", "GAD-7", "PHQ-2"))
    about = derived(patient(), history(entries), day("d31"), care)
    assert leaving_concerns(about, care) == concerns
