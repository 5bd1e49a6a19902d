"""Months written in a line each: what was done, when the patient agreed, and under which rules."""

from collections.abc import Iterable

from cocm_bot.domain.billing.claims import Claim, Requirement, claim_of
from cocm_bot.domain.billing.minutes import ledger_of
from cocm_bot.domain.records.agreements import Consent, ConsentKind
from cocm_bot.domain.records.care_details import Clinician, Diagnosis
from cocm_bot.domain.records.history import TreatmentLog, Voided
from cocm_bot.domain.records.patient import Patient
from cocm_bot.domain.settings.code_sets import BillingRules
from cocm_bot.domain.settings.policy import Cadence, CarePolicy
from cocm_bot.domain.vocabulary import ContactType, Role, WorkKind
from tests.domain import build

KINDS = {
    "IA": (ContactType.INITIAL_ASSESSMENT, Role.CARE_MANAGER),
    "FU": (ContactType.FOLLOW_UP, Role.CARE_MANAGER),
    "PC": (ContactType.CONSULTATION, Role.PSYCHIATRIST),
    "PP": (ContactType.FOLLOW_UP, Role.PCP),
    "OLD": (ContactType.FOLLOW_UP, None),
    "CC": (WorkKind.CARE_COORDINATION, Role.CARE_MANAGER),
    "OA": (WorkKind.OUTREACH, Role.CARE_MANAGER),
    "OC": (WorkKind.OUTCOME_CHECK, Role.CARE_MANAGER),
}
LETTERS = {
    Requirement.CONSENT: "C",
    Requirement.ASSESSMENT: "A",
    Requirement.MEASURE: "M",
    Requirement.REVIEW: "R",
    Requirement.CLINICIAN: "T",
    Requirement.DIAGNOSIS: "D",
    Requirement.MINUTES: "N",
}
"""A letter for each missing requirement."""


def entry(line: str, zone: str = build.NEW_YORK) -> TreatmentLog:
    """An entry like `2026-03-09 FU 20`, `2026-03-09T23:30 IA 12.5 PHQ-9=14` or `2026-03-09 FU 20 void`."""
    when, kind, minutes, *more = line.split()
    contact_type, role = KINDS[kind]
    scores = dict(each.split("=") for each in more if "=" in each)
    log = build.contact(
        when.replace("T", " "),
        ContactType.FOLLOW_UP,
        minutes=float(minutes),
        role=role,
        zone=zone,
        no_show="no-show" in more,
        scores={name: float(value) for name, value in scores.items()},
    )
    log = log.model_copy(update={"contact_type": contact_type})
    if "void" not in more:
        return log
    void = Voided(log_id=log.id, by="user-1", at=0.0, reason="typed twice")
    return log.model_copy(update={"voided": void})


def somebody(
    consent: str | None = "2025-01-01",
    *,
    payer: str | None = None,
    clinician: str = "Dr. Ivy Stone",
    diagnoses: tuple[str, ...] = ("F33.1 recurrent depression",),
    zone: str = build.NEW_YORK,
) -> Patient:
    """A patient who lacks nothing but work, unless the case says so."""
    agreed = None
    if consent:
        agreed = Consent(kind=ConsentKind.VERBAL, date=build.at(consent, zone), recorded_by="user-1")
    named = (each.partition(" ") for each in diagnoses)
    more = {
        "treating_clinician": Clinician(name=clinician, user_id="user-9") if clinician else None,
        "diagnoses": tuple(Diagnosis(code=code, label=label) for code, _, label in named),
    }
    return build.patient(zone=zone).model_copy(update={"consent": agreed, "payer": payer, **more})


def rules(zone: str = build.NEW_YORK, billing: BillingRules | None = None) -> CarePolicy:
    return CarePolicy(
        build.policy(zone).zone, Cadence(), build.policy(zone).measures, billing or BillingRules()
    )


def claim_for(who: Patient, lines: Iterable[str], month: str, policy: CarePolicy) -> Claim | None:
    """The claim of a month; None where the ledger has none."""
    logs = [entry(line, str(policy.zone)) for line in lines]
    found = ledger_of(who, logs, policy).get(month)
    return claim_of(found, policy.billing) if found else None


def missing(claim: Claim) -> str:
    """Return the missing requirements as letters, in their order."""
    return "".join(LETTERS[line.requirement] for line in claim.missing)
