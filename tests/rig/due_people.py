"""Patients who need attention, one for each reason and over again, written so that a digest can be read."""

from collections.abc import Iterator
from itertools import islice

from cocm_bot.domain.members import Questionnaire, Registry, RegistryUser
from cocm_bot.domain.records.agreements import Consent, ConsentKind
from cocm_bot.domain.records.history import TreatmentLog
from cocm_bot.domain.records.patient import Patient
from cocm_bot.domain.settings.registry_settings import Reminders
from cocm_bot.domain.vocabulary import Flag, Role, Status
from cocm_bot.operations.caseload.rows import row_of, urgency
from cocm_bot.operations.digests.registry_snapshot import RegistrySnapshot
from cocm_bot.operations.gaps import NO_GAPS
from cocm_bot.store.table.items import Listing
from tests.domain import build

TODAY = "2026-03-16"
"""A Monday, the day of the weekly report; the review is on Wednesday the 18th."""
NAMES = (
    "Ana Ruiz",
    "Ben Sato",
    "Cy Abel",
    "Di Émile",
    "Ed Berg",
    "Fa Lund",
    "Gus Kent",
    "Hà Lê",
    "Ivo Marsh",
)

Story = tuple[Patient, list[TreatmentLog]]


def stories() -> Iterator[Story]:
    """Yield what is due, in the order of gravity."""
    seen = [build.assessment("2026-02-16", PHQ9=18), build.consult("2026-03-02")]
    lately = [*seen, build.follow_up("2026-03-12", PHQ9=14)]
    yield build.patient(flags=[build.flag(Flag.SAFETY_RISK, "2026-03-15")]), lately
    stuck = [build.assessment("2026-01-05", PHQ9=16), build.follow_up("2026-03-09", PHQ9=15)]
    yield build.patient(), stuck
    yield build.patient(flags=[build.flag(Flag.REVIEW, "2026-03-13")]), lately
    unseen = [build.assessment("2026-02-09", PHQ9=12), build.follow_up("2026-03-12", PHQ9=9)]
    yield build.patient(enrolled="2026-02-01"), unseen
    yield build.patient(), [*seen, build.follow_up("2026-03-04", no_show=True)]
    yield build.patient(Status.ENROLLED, enrolled="2026-03-01"), []
    well = [build.follow_up("2026-02-26", PHQ9=4), build.follow_up("2026-03-12", PHQ9=3)]
    yield build.patient(), [*seen, *well]
    yield build.patient(recommendations=[build.recommendation("2026-03-06")]), lately
    near = [*seen, build.contact("2026-03-12", minutes=5)]
    yield build.patient(flags=[build.flag(Flag.NEEDS_DISCUSSION, "2026-03-11")]), near


def people(count: int) -> list[Patient]:
    """So many of them, by handles that show which is which."""
    return list(islice(_numbered(), count))


def patients_by_reason() -> dict[str, Patient]:
    """One for each reason that a row of a digest can have."""
    places = {"safety": 0, "stuck": 1, "flagged": 2, "follow-up": 4, "recommendation": 7}
    found = people(len(NAMES))
    return {reason: found[place] for reason, place in places.items()}


def _numbered() -> Iterator[Patient]:
    agreed = Consent(kind=ConsentKind.VERBAL, date=build.at("2026-01-05"), recorded_by="user-1")
    consenting = ((who.model_copy(update={"consent": agreed}), logs) for who, logs in stories())
    known = [build.derived(who, logs, TODAY) for who, logs in consenting]
    for number in range(10_000):
        first, last = NAMES[number % len(NAMES)].split()
        ids = {"id": f"patient-{number}", "handle": f"H{number:03}", "patient_mrn": f"MRN-{number:04}"}
        named = {"first_name": first, "last_name": last, "care_manager": "user-1"}
        yield known[number % len(known)].model_copy(update=ids | named)


def member(role: Role, user_id: str = "user-1") -> RegistryUser:
    return RegistryUser(
        registry_id="registry-1",
        user_id=user_id,
        date_created=0,
        first_name="Cora",
        last_name="Manager",
        role=role,
        is_admin=False,
        reminders=Reminders(),
    )


def registry(**settings: object) -> Registry:
    made = Registry(
        id="registry-1",
        name="Riverside Clinic",
        modified_date=0.0,
        created_date=0.0,
        members=1,
        active_patients=9,
        questionnaires=(Questionnaire(name="PHQ-9"), Questionnaire(name="GAD-7")),
        timezone=build.NEW_YORK,
    )
    return made.model_copy(update=settings)


def snapshot(
    found: list[Patient], reader: RegistryUser, where: Registry, day: str = TODAY
) -> RegistrySnapshot:
    """The registry with these patients, as it would be read at 9 in the morning."""
    now = build.moment(f"{day} 09:00")
    rows = [row_of(each, where.policy, now) for each in found]
    return RegistrySnapshot(
        registry=where,
        now=now,
        day=where.policy.local_date(now.timestamp()),
        rows=sorted((row for row in rows if row.due), key=urgency),
        gaps=NO_GAPS,
        everything=lambda: NO_GAPS,
        team=[reader],
        everyone=lambda: Listing(list(found)),
        patient=lambda mrn: next((each for each in found if each.patient_mrn == mrn), None),
    )
