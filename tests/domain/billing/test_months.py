"""Months worked out by hand: codes, units and what is missing.

Letters of what is missing: Consent, Assessment, Measure, psychiatric Review, Treating clinician, Diagnosis,
and miNutes (N).
"""

from typing import NamedTuple

import pytest

from cocm_bot.domain.billing.minutes import ledger_of
from cocm_bot.domain.records.course import Episode
from cocm_bot.domain.settings.code_sets import BillingCode, BillingRules, CodeSet, MonthKind, Payer
from cocm_bot.domain.vocabulary import Status
from tests.domain import build
from tests.domain.billing.months import claim_for, entry, missing, rules, somebody

STATE = BillingRules(
    payers=(
        Payer(name="North Carolina Medicaid", code_set="CoCM", cap=4),
        Payer(name="Clinic Fund", code_set="G0512"),
        Payer(name="Advanced", code_set="APCM"),
        Payer(name="General", code_set="99484"),
        Payer(name="Strict", code_set="CoCM", cap=0),
        Payer(name="Own", code_set="House"),
    ),
    own_sets=(
        CodeSet(
            name="House",
            codes=(
                BillingCode(code="T1000", minutes=15, midpoint=8),
                BillingCode(code="T1001", month=MonthKind.LATER, minutes=45, midpoint=45, payers=("Own",)),
                BillingCode(code="T1002", minutes=15, midpoint=15, add_on_to=("T1001",), cap=1),
            ),
            needs_review=False,
        ),
    ),
)

READY = ("2026-02-20 IA 0 PHQ-9=15", "2026-02-25 PC 10")
"""The entries a March claim needs, with no billable minutes of their own."""
BEFORE = ("2026-02-02 IA 30 PHQ-9=15", "2026-02-25 PC 10", "2026-02-26 FU 0 PHQ-9=12")
"""The same with billable work in February, so that March is a later month."""


class Case(NamedTuple):
    """A month and what it comes to; `codes` is None where the month is not in the ledger."""

    told: str
    worked: tuple[str, ...]
    codes: str | None
    missing: str = ""
    consent: str | None = "2025-01-01"
    month: str = "2026-03"
    payer: str | None = None
    billing: BillingRules = BillingRules()
    zone: str = build.NEW_YORK
    initial: bool | None = None
    before_consent: int = 0


def at(minutes: float, *before: str) -> tuple[str, ...]:
    return (*before, f"2026-03-09 FU {minutes}")


CASES = [
    # Thresholds of the initial month: 16, 36, 86, 116, 146.
    Case("nothing done", READY, None),
    Case("initial 15", at(15, *READY), "no code yet", "N", initial=True),
    Case("initial 16", at(16, *READY), "G2214", initial=True),
    Case("initial 35", at(35, *READY), "G2214"),
    Case("initial 36", at(36, *READY), "99492"),
    Case("initial 85", at(85, *READY), "99492"),
    Case("initial 86", at(86, *READY), "99492 + 1 × 99494"),
    Case("initial 115", at(115, *READY), "99492 + 1 × 99494"),
    Case("initial 116", at(116, *READY), "99492 + 2 × 99494"),
    Case("initial 145", at(145, *READY), "99492 + 2 × 99494"),
    Case("initial 146, warned of", at(146, *READY), "99492 + 3 × 99494"),
    # Thresholds of a later month: 16, 31, 76, 106, 136.
    Case("later 15", at(15, *BEFORE), "no code yet", "N", initial=False),
    Case("later 16", at(16, *BEFORE), "G2214", initial=False),
    Case("later 30", at(30, *BEFORE), "G2214"),
    Case("later 31", at(31, *BEFORE), "99493"),
    Case("later 75", at(75, *BEFORE), "99493"),
    Case("later 76", at(76, *BEFORE), "99493 + 1 × 99494"),
    Case("later 105", at(105, *BEFORE), "99493 + 1 × 99494"),
    Case("later 106", at(106, *BEFORE), "99493 + 2 × 99494"),
    Case("later 136", at(136, *BEFORE), "99493 + 3 × 99494"),
    # Fractions: seconds add up, the month is rounded down once.
    Case("15:59 is 15", at(15.99, *READY), "no code yet", "N"),
    Case(
        "three of 5:20 are 16:00", at(5.3333, "2026-03-02 FU 5.3333", "2026-03-03 FU 5.3333", *READY), "G2214"
    ),
    Case("two of 17:45 are 35:30", at(17.75, "2026-03-02 FU 17.75", *READY), "G2214"),
    Case("two of 18:00 are 36", at(18, "2026-03-02 FU 18", *READY), "99492"),
    Case("sixty of 15.5 seconds are 15:30", tuple(["2026-03-02 CC 0.2583"] * 60) + READY, "no code yet", "N"),
    # Whose minutes count, and of what.
    Case("the psychiatrist's do not", ("2026-03-09 PC 60", *READY), "no code yet", "N"),
    Case("the physician's do not", ("2026-03-09 PP 60", *READY), "no code yet", "N"),
    Case(
        "the physician's do where set",
        ("2026-03-09 PP 60", *READY),
        "99492",
        billing=BillingRules(physician_minutes=True),
    ),
    Case("an entry without a role does", ("2026-03-09 OLD 40", *READY), "99492"),
    Case("coordination and outreach do", ("2026-03-09 CC 20", "2026-03-10 OA 16", *READY), "99492"),
    Case(
        "the outcome check of who has left counts, and leaves the claim unready",
        ("2026-03-09 OC 40 PHQ-9=4", "2025-12-01 IA 5 PHQ-9=15"),
        "99493",
        "MR",
    ),
    Case("a voided entry does not", ("2026-03-09 FU 40 void", "2026-03-09 FU 16", *READY), "G2214"),
    Case("the minutes of a missed visit do", ("2026-03-09 FU 16 no-show", *READY), "G2214"),
    # Consent before, on the day, between, after, never.
    Case("agreed the day before", at(40, *READY), "99492", consent="2026-03-08"),
    Case("agreed on the day", at(40, *READY), "99492", consent="2026-03-09"),
    Case(
        "agreed between: the rest counts",
        ("2026-03-02 FU 20", *at(20, *READY)),
        "G2214",
        consent="2026-03-05",
        before_consent=20,
    ),
    Case(
        "agreed after",
        at(40, *READY),
        "no code: before consent",
        "CN",
        consent="2026-03-10",
        before_consent=40,
    ),
    Case(
        "never agreed", at(40, *READY), "no code: consent is missing", "CN", consent=None, before_consent=40
    ),
    Case(
        "the month before the consent does not make this one later",
        at(40, "2026-02-02 IA 30 PHQ-9=15", "2026-02-25 PC 10"),
        "99492",
        consent="2026-03-01",
        initial=True,
    ),
    Case(
        "the month after a consent in its middle is a later one",
        ("2026-02-02 FU 20", "2026-02-20 IA 20 PHQ-9=15", "2026-02-25 PC 10", "2026-03-09 FU 31"),
        "99493",
        consent="2026-02-15",
        initial=False,
    ),
    # Breaks: six whole months make an initial month again, five do not, whatever became of the record.
    Case("a break of five months", at(40, "2025-09-20 IA 40 PHQ-9=15"), "99493", "MR", initial=False),
    Case("a break of six months", at(40, "2025-08-20 IA 40 PHQ-9=15"), "99492", "AMR", initial=True),
    Case(
        "a break of six months, assessed again",
        at(40, "2025-08-20 IA 40 PHQ-9=15", *READY),
        "99492",
        initial=True,
    ),
    Case("a break of seven months", at(40, "2025-07-31 IA 40 PHQ-9=15", *READY), "99492", initial=True),
    Case("five empty months by the last of them", at(40, "2025-09-30 IA 40 PHQ-9=15", *READY), "99493"),
    Case(
        "the psychiatrist's work ends no break",
        at(40, "2025-08-20 IA 40 PHQ-9=15", "2025-12-01 PC 30", *READY),
        "99492",
        initial=True,
    ),
    Case(
        "outreach ends the break",
        at(40, "2025-08-20 IA 40 PHQ-9=15", "2025-12-01 OA 1", *READY),
        "99493",
        initial=False,
    ),
    Case(
        "a longer break where set",
        at(40, "2025-08-20 IA 40 PHQ-9=15", *READY),
        "99493",
        billing=BillingRules(gap_months=7),
        initial=False,
    ),
    Case("a late entry makes a month later", ("2026-01-30 CC 1", *at(40, *READY)), "99493", initial=False),
    # What a claim rests on.
    Case("never assessed", at(40, "2026-02-25 PC 10", "2026-02-26 FU 0 PHQ-9=9"), "99492", "A"),
    Case("assessed without a scale", at(40, "2026-02-20 IA 0", "2026-02-25 PC 10"), "99492", "AM"),
    Case(
        "assessed, and scored the same day",
        at(40, "2026-02-20 IA 0", "2026-02-20 FU 0 PHQ-9=9", "2026-02-25 PC 10"),
        "99492",
    ),
    Case(
        "assessed in a missed visit",
        at(40, "2026-02-20 IA 0 PHQ-9=9 no-show", "2026-02-25 PC 10"),
        "99492",
        "AM",
    ),
    Case("measured 30 days before the month", at(40, "2026-01-30 IA 0 PHQ-9=9", "2026-02-25 PC 10"), "99492"),
    Case("measured 31 days before it", at(40, "2026-01-29 IA 0 PHQ-9=9", "2026-02-25 PC 10"), "99492", "M"),
    Case(
        "measured on its last day",
        (*at(40, "2026-01-02 IA 0 PHQ-9=9", "2026-02-25 PC 10"), "2026-03-31 FU 0 GAD-7=4"),
        "99492",
    ),
    Case(
        "measured after it",
        (*at(40, "2026-01-02 IA 0 PHQ-9=9", "2026-02-25 PC 10"), "2026-04-01 FU 0 GAD-7=4"),
        "99492",
        "M",
    ),
    Case(
        "a screener alone is no measure",
        (*at(40, "2026-01-02 IA 0 PHQ-9=9", "2026-02-25 PC 10"), "2026-03-20 FU 0 PHQ-2=4"),
        "99492",
        "M",
    ),
    Case(
        "reviewed 8 weeks before the month", at(40, "2026-02-20 IA 0 PHQ-9=15", "2026-01-04 PC 10"), "99492"
    ),
    Case("reviewed a day earlier", at(40, "2026-02-20 IA 0 PHQ-9=15", "2026-01-03 PC 10"), "99492", "R"),
    Case(
        "reviewed a day earlier, where nine weeks are set",
        at(40, "2026-02-20 IA 0 PHQ-9=15", "2026-01-03 PC 10"),
        "99492",
        billing=BillingRules(review_weeks=9),
    ),
    Case(
        "the review was missed", at(40, "2026-02-20 IA 0 PHQ-9=15", "2026-02-25 PC 10 no-show"), "99492", "R"
    ),
    # The month's ends, across zones and clock changes.
    Case("23:30 on the last day", ("2026-03-31T23:30 FU 40", *READY), "99492"),
    Case("00:30 on the first of the next", ("2026-04-01T00:30 FU 40", *READY), None),
    Case("the first day, before the clocks go on", ("2026-03-01T00:00 FU 40", *READY), "99492"),
    Case("in the hour the clocks skip", ("2026-03-08T02:30 FU 40", *READY), "99492"),
    Case("the hour that comes twice", ("2026-11-01T01:30 FU 40",), "99492", "AMR", month="2026-11"),
    Case("Auckland's last evening", ("2026-03-31T23:59 FU 40", *READY), "99492", zone="Pacific/Auckland"),
    Case(
        "Kiritimati's first morning", ("2026-03-01T00:10 FU 40", *READY), "99492", zone="Pacific/Kiritimati"
    ),
    # Each set of codes and each payer's cap.
    Case("an unknown payer has the usual set", at(40, *READY), "99492", payer="Blue", billing=STATE),
    Case(
        "a payer at its cap",
        at(206, *READY),
        "99492 + 4 × 99494",
        payer="north carolina  MEDICAID",
        billing=STATE,
    ),
    Case(
        "a payer beyond its cap",
        at(240, *READY),
        "99492 + 4 × 99494",
        payer="North Carolina Medicaid",
        billing=STATE,
    ),
    Case("a payer that takes no add-on", at(120, *READY), "99492", payer="Strict", billing=STATE),
    Case("G0512 asks for all 60: 59", at(59, *READY), "no code yet", "N", payer="Clinic Fund", billing=STATE),
    Case("G0512 at 60", at(60, *READY), "G0512", payer="Clinic Fund", billing=STATE),
    Case("G0512 in a later month too", at(60, *BEFORE), "G0512", payer="Clinic Fund", billing=STATE),
    Case(
        "G0568 in the initial month: 35", at(35, *READY), "no code yet", "N", payer="Advanced", billing=STATE
    ),
    Case("G0568 at 36", at(36, *READY), "G0568", payer="Advanced", billing=STATE),
    Case("G0569 in a later month at 31", at(31, *BEFORE), "G0569", payer="Advanced", billing=STATE),
    Case(
        "99484 at 19", at(19, "2026-02-20 IA 0 PHQ-9=15"), "no code yet", "N", payer="General", billing=STATE
    ),
    Case(
        "99484 at 20, without a psychiatrist",
        at(20, "2026-02-20 IA 0 PHQ-9=15"),
        "99484",
        payer="General",
        billing=STATE,
    ),
    Case("an own set, initial", at(50, *READY), "T1000", payer="Own", billing=STATE),
    Case(
        "an own set, later, its add-on's cap",
        at(90, *BEFORE),
        "T1001 + 1 × T1002",
        payer="Own",
        billing=STATE,
    ),
    Case("the registry's own usual set", at(60, *READY), "G0512", billing=BillingRules(code_set="G0512")),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.told)
def test_a_month_worked_out_by_hand(case: Case) -> None:
    who = somebody(case.consent, payer=case.payer, zone=case.zone)
    found = claim_for(who, case.worked, case.month, rules(case.zone, case.billing))
    if case.codes is None:
        assert found is None or not found.facts.seconds
        return
    assert found is not None
    assert (found.codes, missing(found)) == (case.codes, case.missing)
    assert found.ready is (not case.missing)
    assert found.facts.minutes_before_consent == case.before_consent
    if case.initial is not None:
        assert found.facts.initial is case.initial


@pytest.mark.parametrize(
    "became",
    [
        {"status": Status.DEACTIVATED, "episodes": (Episode(started=1.0, ended=build.at("2026-03-12")),)},
        {"episodes": (Episode(started=1.0, ended=build.at("2025-10-01"), resumed=build.at("2025-10-02")),)},
        {
            "episodes": (
                Episode(started=1.0, ended=build.at("2025-10-01")),
                Episode(started=build.at("2026-03-01")),
            )
        },
        {"patient_mrn": "CORRECTED", "handle": "X2Y3"},
    ],
    ids=["left mid-month", "deactivated by mistake", "closed and reopened", "MRN corrected"],
)
def test_what_became_of_the_record_changes_no_month(became: dict[str, object]) -> None:
    for case in CASES:
        who = somebody(case.consent, payer=case.payer, zone=case.zone)
        found, other = (
            claim_for(each, case.worked, case.month, rules(case.zone, case.billing))
            for each in (who, who.model_copy(update=became))
        )
        assert found == other, case.told


def test_there_are_enough_of_them() -> None:
    assert len(CASES) >= 60


@pytest.mark.parametrize(
    ("clinician", "diagnoses", "lacking"),
    [("", ("F33.1",), "T"), ("Dr. Stone", (), "D"), ("", (), "TD"), ("Dr. Stone", ("F33.1", "F41.1"), "")],
)
def test_clinician_and_diagnosis_are_named(clinician: str, diagnoses: tuple[str, ...], lacking: str) -> None:
    who = somebody(clinician=clinician, diagnoses=diagnoses)
    found = claim_for(who, at(40, *READY), "2026-03", rules())
    assert found is not None
    assert missing(found) == lacking
    logs = [entry(line) for line in at(40, *READY)]
    kept = ledger_of(who, logs, rules())["2026-03"]
    assert (kept.clinician, len(kept.diagnoses)) == (clinician, len(diagnoses)), "by name, member or not"


@pytest.mark.parametrize(
    ("minutes", "payer", "over_cap", "cut"),
    [
        (145, None, False, 0),
        (146, None, True, 0),
        (240, "North Carolina Medicaid", False, 2),
        (146, "North Carolina Medicaid", False, 0),
    ],
)
def test_units_beyond_a_cap_are_warned_of_or_cut(
    minutes: int, payer: str | None, over_cap: bool, cut: int
) -> None:
    found = claim_for(somebody(payer=payer), at(minutes, *READY), "2026-03", rules(billing=STATE))
    assert found is not None
    assert (found.proposal.over_cap, found.proposal.cut) == (over_cap, cut)
