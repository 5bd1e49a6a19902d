"""Section 3 by hand: the day each reason holds from, counted on a calendar from 5 January 2026 (`d0`)."""

from dataclasses import dataclass

import pytest

from cocm_bot.domain.due.rules import Reason
from cocm_bot.domain.vocabulary import Flag, Status
from tests.domain.build import flag, patient
from tests.domain.cases import Case, check, found
from tests.domain.clinical import day, history

TREATED, PREVENTED, ENROLLED = Status.TREATMENT, Status.RELAPSE_PREVENTION, Status.ENROLLED
COMPASS = "COMPASS initiative: weekly, then fortnightly, then monthly"
WEEK_8 = "10.1176/appi.ps.201400577: consult in weeks 8 to 12 if not improved at 8"
NYS = "10.1007/s11126-015-9375-1: weekly review of new and non-improving patients"
CPT = "CPT 99492–99494: validated rating scales"
CUSTOM = "customary"
RULE = "care policy"


@dataclass(frozen=True)
class Row:
    """A reason, a history, the day it holds from or `–`, why, and the rule's source."""

    reason: Reason
    entries: str
    since: str
    why: str
    source: str = RULE
    status: Status = TREATED
    status_since: str = "d0"

    def __str__(self) -> str:
        return f"{self.reason}: {self.why}"


REMITTED = "d0 IA P=18; d28 FU P=4; d42 FU P=3"
R = Reason
ROWS = [
    # --- relapse signs ---
    Row(R.RELAPSE, f"{REMITTED}; d70 FU P=12", "d70", "at the line again after remission twice"),
    Row(R.RELAPSE, f"{REMITTED}; d70 FU P=10", "d70", "10 is the line"),
    Row(R.RELAPSE, f"{REMITTED}; d70 FU P=9", "d70", "below it, but 6 above the best and not in remission"),
    Row(R.RELAPSE, f"{REMITTED}; d70 FU P=8", "d70", "8 is 5 above 3"),
    Row(R.RELAPSE, f"{REMITTED}; d70 FU P=7", "–", "4 above the best"),
    Row(R.RELAPSE, "d0 IA P=18; d28 FU P=0; d42 FU P=0; d70 FU P=4", "–", "still in remission"),
    Row(R.RELAPSE, f"{REMITTED}; d70 FU P=12; d71 PC", "–", "consulted after it"),
    Row(R.RELAPSE, f"{REMITTED}; d69 PC; d70 FU P=12", "d70", "a consult before it answers nothing"),
    Row(R.RELAPSE, f"{REMITTED}; d70 PC; d70 FU P=12", "d70", "nor one of that day recorded before it"),
    Row(R.RELAPSE, f"{REMITTED}; d70 FU P=12; d70 PC", "–", "one recorded after it does"),
    Row(R.RELAPSE, f"{REMITTED}; d70 FU P=12; d84 FU P=13", "d70", "since the first of them"),
    Row(R.RELAPSE, f"{REMITTED}; d70 FU P=12; d71 PC; d84 FU P=13", "d84", "again at the next"),
    Row(R.RELAPSE, f"{REMITTED}; d70 FU P=12; d84 FU P=4", "–", "the latest score counts"),
    Row(R.RELAPSE, "d0 IA P=18; d28 FU P=4; d42 FU P=12", "–", "once is not confirmed"),
    Row(R.RELAPSE, "d0 IA P=18; d28 FU P=3; d56 FU P=12", "d56", "in prevention", RULE, PREVENTED, "d30"),
    Row(R.RELAPSE, "d0 IA P=18; d28 FU P=12", "–", "in prevention, never below the line", RULE, PREVENTED),
    Row(R.RELAPSE, f"{REMITTED}; d70 FU x P=12", "–", "a no-show has no scores"),
    Row(R.RELAPSE, "d0 IA P=18 G=14; d28 FU P=4 G=4; d42 FU P=3 G=3; d70 FU P=3 G=10",
        "d70", "one measure suffices"),
    Row(R.RELAPSE, "d0 IA P=18 G=4; d28 FU P=4; d42 FU P=3; d70 FU P=3 G=15", "–",
        "a measure that does not decide"),
    Row(R.RELAPSE, f"{REMITTED}; d400 OC P=15", "–", "an outcome check is no contact"),
    # --- worsening ---
    Row(R.WORSENING, "d0 IA P=11; d14 FU P=23", "d14", "11 to 23 in two weeks", NYS),
    Row(R.WORSENING, "d0 IA P=18; d14 FU P=22", "–", "up 4", NYS),
    Row(R.WORSENING, "d0 IA P=18; d14 FU P=23", "d14", "up 5", NYS),
    Row(R.WORSENING, "d0 IA P=18; d14 FU P=11; d35 FU P=16", "d35", "5 above the best, at the line", NYS),
    Row(R.WORSENING, "d0 IA P=18; d14 FU P=4; d35 FU P=9", "–", "5 above the best, below the line", NYS),
    Row(R.WORSENING, "d0 IA P=11; d14 FU P=23; d15 PC", "–", "consulted since", NYS),
    Row(R.WORSENING, "d0 IA P=11; d14 FU P=23; d15 PC; d28 FU P=24", "d28", "and worse still", NYS),
    Row(R.WORSENING, "d0 IA P=11; d14 FU P=23; d28 FU P=12", "–", "over again", NYS),
    Row(R.WORSENING, "d0 IA P=11; d14 FU P=23", "–", "prevention has its own reason", NYS, PREVENTED),
    Row(R.WORSENING, "d0 IA P=3; d14 FU P=9", "d14", "the first score below the line: up 6", NYS),
    Row(R.WORSENING, "d0 IA P=18 G=12; d14 FU P=16 G=16", "d14", "anxiety up 4", NYS),
    Row(R.WORSENING, "d0 IA P=18 G=4; d14 FU P=16 G=16", "–", "a GAD-7 that does not decide", NYS),
    Row(R.WORSENING, "d0 IA P=11; d14 FU P=23; d10 PC rec=d15", "d14",
        "a consult of before the score, recorded later, has not seen it", NYS),
    # --- not improving ---
    Row(R.NOT_IMPROVING, "d0 IA P=18", "d56", "eight weeks", WEEK_8),
    Row(R.NOT_IMPROVING, "d0 IA P=18; d50 FU P=9", "–", "improved", WEEK_8),
    Row(R.NOT_IMPROVING, "d0 IA P=18; d50 FU P=10", "d56", "10 is not", WEEK_8),
    Row(R.NOT_IMPROVING, "d0 IA P=4; d50 FU P=9", "d56", "4 to 9 is no improvement", WEEK_8),
    Row(R.NOT_IMPROVING, "d0 IA P=18; d40 PC", "d68", "four weeks after a consult", WEEK_8),
    Row(R.NOT_IMPROVING, "d0 IA P=18; d20 PC", "d56", "an early consult was given its weeks", WEEK_8),
    Row(R.NOT_IMPROVING, "d0 IA P=18; d14 IA P=17", "d56", "a reassessment resets no weeks", WEEK_8),
    Row(R.NOT_IMPROVING, "d0 IA P=18 G=4; d50 FU P=9 G=9", "–", "a GAD-7 that was never high", WEEK_8),
    Row(R.NOT_IMPROVING, "d0 IA P=18 AUDIT-C=9; d50 FU P=9 AUDIT-C=9", "–", "it screens", WEEK_8),
    Row(R.NOT_IMPROVING, "d0 IA x P=18; d3 IA P=18", "d59", "a missed assessment begins nothing", WEEK_8),
    Row(R.NOT_IMPROVING, "d0 IA P=18; d57 CC; d58 OA", "d56", "other work clears nothing", WEEK_8),
    # --- never reviewed, stale ---
    Row(R.NEVER_REVIEWED, "d0 IA", "d28", "four weeks of treatment", NYS),
    Row(R.NEVER_REVIEWED, "d0 IA; d20 IA", "d28", "a reassessment hides no due consult", NYS),
    Row(R.NEVER_REVIEWED, "d0 IA; d27 PC", "–", "reviewed", NYS),
    Row(R.NEVER_REVIEWED, "d0 IA; d27 PC x", "d28", "a missed consultation is none", NYS),
    Row(R.NEVER_REVIEWED, "d0 IA; d20 CC", "d28", "nor is care coordination", NYS),
    Row(R.NEVER_REVIEWED, "", "–", "enrolled", NYS, ENROLLED),
    Row(R.STALE_CONSULT, "d0 IA P=18; d7 PC", "d64", "more than eight weeks after d7", NYS),
    Row(R.STALE_CONSULT, "d0 IA P=18; d7 PC; d50 FU P=4", "–", "in remission", NYS),
    Row(R.STALE_CONSULT, "d0 IA P=18 G=9; d7 PC; d50 FU P=4", "–", "the GAD-7 does not decide", NYS),
    Row(R.STALE_CONSULT, "d0 IA EPDS=18; d7 PC; d50 FU EPDS=2", "d64", "EPDS knows no remission", NYS),
    Row(R.STALE_CONSULT, "d0 IA P=18; d7 PC", "–", "not asked for in prevention", NYS, PREVENTED),
    # --- appointment and follow-up ---
    Row(R.APPOINTMENT, "d0 IA next=d20", "d20", "on its day"),
    Row(R.APPOINTMENT, "d0 IA next=d20; d20 FU", "–", "kept"),
    Row(R.APPOINTMENT, "d0 IA next=d20; d21 FU", "–", "kept a day late"),
    Row(R.APPOINTMENT, "d0 IA next=d20; d19 FU", "d20", "a contact before it leaves it"),
    Row(R.APPOINTMENT, "d0 IA next=d20; d19 FU next=d40", "d40", "another day was agreed"),
    Row(R.APPOINTMENT, "d0 IA next=d20; d20 FU x", "–", "missed: a follow-up is due instead"),
    Row(R.APPOINTMENT, "d0 IA next=d20; d20 FU x next=d25", "d25", "missed, and another day agreed"),
    Row(R.APPOINTMENT, "d0 IA next=d20; d20 CC; d21 OA", "d20", "work that is no contact keeps it"),
    Row(R.APPOINTMENT, "d0 IA next=d20; d20 PC", "d20", "a consultation is between clinicians"),
    Row(R.FOLLOW_UP, "d0 IA next=d20", "d20", "until then the interval does not apply"),
    Row(R.FOLLOW_UP, "d0 IA next=d3", "d7", "an early appointment shortens no interval"),
    Row(R.FOLLOW_UP, "d0 IA next=d20; d20 FU x", "d22", "two days after the missed appointment"),
    Row(R.FOLLOW_UP, "d0 IA next=d20; d24 FU x", "d20", "one missed later excuses nothing"),
    Row(R.FOLLOW_UP, "d0 IA next=d20; d20 FU x next=d25", "d25", "another day was agreed"),
    Row(R.FOLLOW_UP, "d0 IA next=d20; d20 FU", "d27", "weekly in the first four weeks", COMPASS),
    Row(R.FOLLOW_UP, "d0 IA", "d7", "weekly", COMPASS),
    Row(R.FOLLOW_UP, "d0 IA; d27 FU", "d34", "the last day of the first four weeks", COMPASS),
    Row(R.FOLLOW_UP, "d0 IA; d28 FU", "d42", "then fortnightly", COMPASS),
    Row(R.FOLLOW_UP, "d0 IA; d28 IA", "d42", "a reassessment makes no new first weeks", COMPASS),
    Row(R.FOLLOW_UP, "d0 IA; d28 FU; d30 CC; d31 OA", "d42", "work moves no contact date"),
    Row(R.FOLLOW_UP, "d0 IA; d28 FU; d14 FU rec=d40", "d42", "one entered late moves nothing back"),
    Row(R.FOLLOW_UP, "d0 IA; d30 FU x", "d7", "a no-show excuses nothing", COMPASS),
    Row(R.FOLLOW_UP, "d0 IA; d28 FU; d30 FU x", "d32", "two days after a no-show", CUSTOM),
    Row(R.FOLLOW_UP, "d0 IA P=3; d60 FU", "d90", "monthly in prevention", COMPASS, PREVENTED),
    Row(R.FOLLOW_UP, f"{REMITTED}; d70 FU P=12", "d77", "weekly again from relapse signs on"),
    Row(R.FOLLOW_UP, f"{REMITTED}; d70 FU P=12; d71 PC", "d84", "until a consult"),
    Row(R.FOLLOW_UP, f"{REMITTED}; d70 FU P=12", "d77", "in prevention too", RULE, PREVENTED, "d45"),
    # --- measure due ---
    Row(R.MEASURE, "d0 IA P=18", "d30", "30 days", CPT),
    Row(R.MEASURE, "d0 IA", "d30", "never scored: from the assessment", CPT),
    Row(R.MEASURE, "d0 IA P=18; d28 FU", "d30", "a contact without a score", CPT),
    Row(R.MEASURE, "d0 IA P=18; d28 FU P=16", "d58", "scored", CPT),
    Row(R.MEASURE, "d0 IA P=18 G=14; d28 FU G=12", "d58", "any deciding measure", CPT),
    Row(R.MEASURE, "d0 IA P=18 G=4; d28 FU G=4", "d30", "GAD-7 does not decide", CPT),
    Row(R.MEASURE, "d0 IA P=18; d28 FU x P=3", "d30", "a no-show has no scores", CPT),
    Row(R.MEASURE, "d0 IA P=3", "d90", "90 days in prevention", CPT, PREVENTED),
    Row(R.MEASURE, "d0 FU P=18; d40 IA", "d40", "not before treatment began", CPT),
    Row(R.MEASURE, "", "–", "enrolled", CPT, ENROLLED),
    # --- assessment, plan, plan check ---
    Row(R.ASSESSMENT, "", "d7", "enrolled for seven days", CUSTOM, ENROLLED),
    Row(R.ASSESSMENT, "d3 IA x", "d7", "a no-show is none", CUSTOM, ENROLLED),
    Row(R.ASSESSMENT, "d3 OA; d4 CC", "d7", "nor is outreach", CUSTOM, ENROLLED),
    Row(R.PLAN, REMITTED, "d42", "in remission twice in a row"),
    Row(R.PLAN, "d0 IA P=18; d28 FU P=4", "–", "once"),
    Row(R.PLAN, "d0 IA P=18; d28 FU P=4; d35 FU P=5; d42 FU P=3", "–", "not in a row"),
    Row(R.PLAN, "d0 IA P=18 G=4; d28 FU P=4 G=9; d42 FU P=3 G=9", "d42",
        "a GAD-7 that was never high holds nothing back"),
    Row(R.PLAN, "d0 IA P=18 G=12; d28 FU P=4 G=9; d42 FU P=3 G=9", "–", "one that was does"),
    Row(R.PLAN, f"{REMITTED}; d43 RP", "–", "written"),
    Row(R.PLAN, f"{REMITTED}; d43 RP x", "d42", "missed: not written"),
    Row(R.PLAN, f"{REMITTED}; d43 RP; d70 FU P=12; d84 FU P=4; d98 FU P=3", "d98",
        "a second remission after relapse signs asks for another"),
    Row(R.PLAN, f"{REMITTED}; d43 RP; d70 FU P=12; d84 FU P=4; d98 FU P=3", "d98",
        "in prevention too", RULE, PREVENTED, "d43"),
    Row(R.PLAN, f"{REMITTED}; d43 RP; d70 FU P=12; d84 FU P=4; d98 FU P=3; d99 RP", "–",
        "and the other one was written"),
    Row(R.PLAN, f"{REMITTED}; d43 RP; d70 FU P=7; d84 FU P=4; d98 FU P=3", "–",
        "no relapse: 4 above the best"),
    Row(R.PLAN, REMITTED, "–", "in prevention, no relapse", RULE, PREVENTED),
    Row(R.PLAN_CHECK, f"{REMITTED}; d43 RP check=d73", "d73", "the day the plan names", RULE, PREVENTED),
    Row(R.PLAN_CHECK, f"{REMITTED}; d43 RP check=d73; d73 FU", "–", "checked", RULE, PREVENTED),
    Row(R.PLAN_CHECK, f"{REMITTED}; d43 RP check=d73; d72 FU", "d73", "too early", RULE, PREVENTED),
    Row(R.PLAN_CHECK, f"{REMITTED}; d43 RP check=d73; d75 FU x", "d73", "missed", RULE, PREVENTED),
    Row(R.PLAN_CHECK, f"{REMITTED}; d43 RP check=d73; d60 RP check=d100", "d100", "revised", RULE, PREVENTED),
    # --- lost to contact ---
    Row(R.LOST, "d0 IA", "d60", "sixty days", CUSTOM),
    Row(R.LOST, "d0 IA; d59 OA; d59 CC", "d60", "attempts clear nothing", CUSTOM),
    Row(R.LOST, "d0 IA; d59 FU x", "d60", "a no-show is no contact", CUSTOM),
    Row(R.LOST, "d0 IA; d59 FU", "d119", "a contact is", CUSTOM),
    Row(R.LOST, "", "d60", "never met: from enrollment", CUSTOM, ENROLLED),
]  # fmt: skip


@pytest.mark.parametrize("row", ROWS, ids=str)
def test_the_day_a_reason_holds_from(row: Row) -> None:
    who = patient(row.status, status_since=day(row.status_since))
    since = None if row.since == "–" else day(row.since)
    check(Case(row.why, history(row.entries), since, who), row.reason)


FLAGGED = [
    # flags raised (and resolved), consults, the day the reason holds from
    (Flag.REVIEW, "d10", "", "d10", "raised"),
    (Flag.REVIEW, "d10", "d9 PC", "d10", "a consult before it"),
    (Flag.REVIEW, "d10", "d10 PC rec=d11", "–", "the consult of that day, entered the next morning"),
    (Flag.REVIEW, "d10", "d9 PC rec=d11", "d10", "one of the day before, entered since, has not seen it"),
    (Flag.REVIEW, "d10", "d12 PC", "–", "a later one"),
    (Flag.REVIEW, "d10", "d12 PC x", "d10", "a missed one"),
    (Flag.REVIEW, "d10", "d12 CC", "d10", "care coordination is no consult"),
    (Flag.SAFETY_RISK, "d10", "d12 PC", "d10", "a consult resolves no safety risk"),
    (Flag.NEEDS_DISCUSSION, "d10", "d12 PC", "d10", "nor what is to be discussed"),
]
REASONS = {
    Flag.REVIEW: R.FLAGGED,
    Flag.SAFETY_RISK: R.SAFETY_RISK,
    Flag.NEEDS_DISCUSSION: R.TO_DISCUSS,
}


@pytest.mark.parametrize(("kind", "raised", "entries", "since", "why"), FLAGGED)
def test_the_day_a_flag_calls_from(kind: Flag, raised: str, entries: str, since: str, why: str) -> None:
    who = patient(flags=[flag(kind, day(raised))])
    check(Case(why, history(entries), None if since == "–" else day(since), who), REASONS[kind])


WORSE_AGAIN = "PHQ-9 18 → 12 in 10 weeks (best 3)"
SENTENCES = [
    (R.RELAPSE, f"{REMITTED}; d70 FU P=12", "d80",
     f"{WORSE_AGAIN}, last scored 10 days ago, no consult yet"),
    (R.RELAPSE, f"{REMITTED}; d44 PC; d70 FU P=12", "d70",
     f"{WORSE_AGAIN}, last scored today, no consult since, the last was 26 days ago (18 Feb)"),
    (R.WORSENING, "d0 IA P=11; d14 FU P=23", "d15",
     "PHQ-9 11 → 23 in 2 weeks, last scored yesterday, no consult yet"),
    (R.NOT_IMPROVING, "d0 IA P=18; d63 FU P=16", "d133",
     "PHQ-9 18 → 16 in 9 weeks, last scored 10 weeks ago, no consult yet"),
    (R.NOT_IMPROVING, "d0 IA P=18; d14 FU P=17", "d84",
     "PHQ-9 18 → 17 in 2 weeks, last scored 10 weeks ago, no consult yet"),
    (R.NOT_IMPROVING, "d0 IA P=18 G=14; d35 FU P=16 G=12", "d56",
     "PHQ-9 18 → 16 in 5 weeks, GAD-7 14 → 12 in 5 weeks, last scored 3 weeks ago, no consult yet"),
    (R.MEASURE, "d0 IA P=18 G=14", "d31", "PHQ-9 or GAD-7 last scored 31 days ago (5 Jan)"),
    (R.MEASURE, "d0 IA", "d31", "PHQ-9 never scored, treatment began 31 days ago (5 Jan)"),
    (R.APPOINTMENT, "d0 IA next=d20", "d21", "agreed for yesterday (25 Jan)"),
    (R.FOLLOW_UP, "d0 IA; d5 OA; d6 OA; d7 OA", "d8", "last contact 8 days ago (5 Jan), 3 attempts since"),
    (R.FOLLOW_UP, "d0 IA; d7 OA", "d8", "last contact 8 days ago (5 Jan), 1 attempt since"),
    (R.LOST, "d0 IA; d7 OA; d30 CC", "d60", "last contact 60 days ago (5 Jan), 1 attempt since"),
    (R.PLAN_CHECK, f"{REMITTED}; d43 RP check=d73", "d73",
     "the plan's next check was set for today (19 Mar)"),
    (R.PLAN, f"{REMITTED}; d43 RP; d70 FU P=12; d84 FU P=4; d98 FU P=3", "d98",
     "PHQ-9 3, last scored today: in remission at two measures in a row, no plan since the relapse"),
]  # fmt: skip


@pytest.mark.parametrize(("reason", "entries", "today", "why"), SENTENCES)
def test_the_sentence_says_how_old_its_facts_are(reason: Reason, entries: str, today: str, why: str) -> None:
    there = found(Case("", history(entries), None), reason, day(today))
    assert there is not None
    assert there.why == why
