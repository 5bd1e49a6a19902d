"""The table of reasons in docs/clinical-rules.md: each with its settings, a sentence it says, its source."""

from dataclasses import dataclass
from pathlib import Path

from cocm_bot.domain.due.rules import Reason
from cocm_bot.domain.measures.catalogue import CATALOGUE
from cocm_bot.domain.records.patient import Patient
from cocm_bot.domain.registries.setting_table import CARE
from cocm_bot.domain.vocabulary import Flag, Status
from tests.domain.build import flag, patient, recommendation
from tests.domain.cases import ENROLLED, PREVENTION, Case, found
from tests.domain.clinical import day, history

DOCUMENT = Path(__file__).parents[3] / "docs" / "clinical-rules.md"
MEASURES = "lines and meaningful change of each measure"
REMITTED = "d0 IA P=18; d28 FU P=4; d42 FU P=3"
COMPASS = "Weekly, then fortnightly, then monthly: COMPASS initiative"
WEEK_8 = "doi 10.1176/appi.ps.201400577"
NYS = "doi 10.1007/s11126-015-9375-1"
CPT = "CPT 99492–99494 ask for rating scales; the days are customary"
PROGRAM, CUSTOM = "The program's own rule", "Customary"


@dataclass(frozen=True)
class Rule:
    """The document's sentence on a reason, and a history that makes the bot say it."""

    settings: tuple[str, ...]
    source: str
    entries: str
    today: str
    who: Patient
    measured: bool = False


TREATED = patient()
RULES = {
    Reason.SAFETY_RISK: Rule((), PROGRAM, "", "d28", patient(flags=[flag(Flag.SAFETY_RISK, "2026-02-01")])),
    Reason.SELF_HARM_OPEN: Rule((), PROGRAM, "d0 IA P=18 ?", "d1", TREATED),
    Reason.RELAPSE: Rule(
        ("remission_scores", "follow_up_days_early"),
        PROGRAM,
        f"{REMITTED}; d70 FU P=12",
        "d71",
        TREATED,
        True,
    ),
    Reason.WORSENING: Rule((), NYS, "d0 IA P=11; d14 FU P=23", "d15", TREATED, True),
    Reason.NOT_IMPROVING: Rule(
        ("not_improving_weeks", "recent_consult_weeks"),
        WEEK_8,
        "d0 IA P=18; d63 FU P=16",
        "d133",
        TREATED,
        True,
    ),
    Reason.FLAGGED: Rule((), PROGRAM, "", "d28", patient(flags=[flag(Flag.REVIEW, "2026-02-01")])),
    Reason.NEVER_REVIEWED: Rule(("never_reviewed_weeks",), NYS, "d0 IA", "d28", TREATED),
    Reason.STALE_CONSULT: Rule(
        ("stale_consult_weeks", "stale_consult_weeks_prevention"), NYS, "d0 IA P=18; d7 PC", "d64", TREATED
    ),
    Reason.APPOINTMENT: Rule((), PROGRAM, "d0 IA next=d20", "d20", TREATED),
    Reason.FOLLOW_UP: Rule(
        (
            "early_weeks",
            "follow_up_days_early",
            "follow_up_days",
            "follow_up_days_prevention",
            "no_show_days",
        ),
        COMPASS,
        "d0 IA; d7 OA",
        "d8",
        TREATED,
    ),
    Reason.MEASURE: Rule(
        ("measure_days", "measure_days_prevention"), CPT, "d0 IA P=18", "d31", TREATED, True
    ),
    Reason.ASSESSMENT: Rule(("assessment_days",), CUSTOM, "", "d7", ENROLLED),
    Reason.PLAN: Rule(("remission_scores",), PROGRAM, REMITTED, "d42", TREATED, True),
    Reason.PLAN_CHECK: Rule((), PROGRAM, f"{REMITTED}; d43 RP check=d73", "d73", PREVENTION),
    Reason.RECOMMENDATION: Rule(
        ("recommendation_days",),
        CUSTOM,
        "",
        "d68",
        patient(recommendations=[recommendation("2026-03-09")]),
    ),
    Reason.TO_DISCUSS: Rule(
        (), PROGRAM, "", "d28", patient(flags=[flag(Flag.NEEDS_DISCUSSION, "2026-02-01")])
    ),
    Reason.LOST: Rule(("lost_days",), CUSTOM, "d0 IA", "d60", TREATED),
}
NOT_DUE = {"undo_days", "same_episode_days"}
"""Settings of the care policy that decide about episodes, not about what is due."""


def test_every_reason_and_every_setting_of_what_is_due_stands_in_the_table() -> None:
    assert list(RULES) == list(Reason)
    told = {name for rule in RULES.values() for name in rule.settings}
    assert told == {setting.name for setting in CARE} - NOT_DUE


def test_the_document_says_what_the_rules_say() -> None:
    labels = {setting.name: f"{setting.label}: {setting.default}" for setting in CARE}
    lines = ["| Reason | Settings, with their defaults | What it says | Source |", "|---|---|---|---|"]
    for reason, rule in RULES.items():
        there = found(Case("", history(rule.entries), None, rule.who), reason, day(rule.today))
        assert there is not None, reason
        settings = "; ".join([labels[name] for name in rule.settings] + [MEASURES] * rule.measured) or "–"
        lines.append(f"| {reason} | {settings} | {there.why} | {rule.source} |")
    expected = "\n".join(lines)
    assert expected in DOCUMENT.read_text(), f"the table should be:\n{expected}"


def test_nothing_is_due_of_somebody_who_has_left() -> None:
    for reason, rule in RULES.items():
        left = rule.who.model_copy(update={"status": Status.DEACTIVATED})
        assert found(Case("", history(rule.entries), None, left), reason, day(rule.today)) is None


def test_the_document_has_the_lines_of_the_catalogue() -> None:
    told = DOCUMENT.read_text()
    for each in CATALOGUE.values():
        lines = [each.improved_below, each.remission_below, each.meaningful_change]
        cells = " | ".join("–" if line is None else f"{line:g}" for line in lines)
        assert f"| {each.name} | {cells} | {'decides' if each.outcome else 'screens'} |" in told
