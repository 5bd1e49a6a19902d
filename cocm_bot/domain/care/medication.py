"""Medication: what is typed about it at a contact, and what a patient takes by all contacts together."""

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from cocm_bot.domain.errors import InvalidInput
from cocm_bot.domain.fields import folded
from cocm_bot.domain.ordering import in_order
from cocm_bot.domain.records.care_details import Medication, MedicationChange, MedicationStep
from cocm_bot.domain.records.history import TreatmentLog
from cocm_bot.domain.settings.policy import CarePolicy

FIELD = "medication"
MOST_CHANGES = 20
LONGEST_NAME = 80
LONGEST_DOSE = 120
_NEEDS_ONE = frozenset({MedicationStep.CHANGED, MedicationStep.STOPPED})
"""The steps that are about something taken already."""
_SINCE = re.compile(r"since ([0-9]{4}-[0-9]{2}-[0-9]{2})")


def read_changes(text: str) -> tuple[MedicationChange, ...]:
    """Return what is typed, a change a line: `started Sertraline, 50 mg`; a `since 2026-03-01` may follow.

    Raises InvalidInput that names the line at fault.
    """
    lines = [(number, line.strip()) for number, line in enumerate(text.splitlines(), 1)]
    found = tuple(_change(number, line) for number, line in lines if line)
    if len(found) > MOST_CHANGES:
        raise InvalidInput(f"Enter at most {MOST_CHANGES} changes.", FIELD)
    return found


def written(changes: Iterable[MedicationChange]) -> str:
    """Return changes as they are typed."""
    return "\n".join(map(str, changes))


def taken(entries: Iterable[TreatmentLog], policy: CarePolicy) -> tuple[Medication, ...]:
    """Return what a patient takes by the entries that count, given in any order: the longest listed first."""
    found: dict[str, Medication] = {}
    for log in in_order((log for log in entries if log.counts), policy):
        day = policy.local_date(log.date)
        for change in log.medication_changes:
            _apply(found, change, day, log.id)
    return tuple(found.values())


def check_changes(
    changes: Sequence[MedicationChange], day: date, others: Iterable[TreatmentLog], policy: CarePolicy
) -> None:
    """Raise InvalidInput for a change of what the patient does not take on a local day, or of the future.

    `others` are the patient's other entries: a name typed wrong would leave the old one on the list.
    """
    before = [log for log in others if policy.local_date(log.date) <= day]
    known = {folded(each.name): each for each in taken(before, policy)}
    for change in changes:
        if change.since and change.since > day.isoformat():
            raise InvalidInput(f"{change.name} can't be taken since a day after this contact.", FIELD)
        if change.step in _NEEDS_ONE and folded(change.name) not in known:
            listed = ", ".join(each.name for each in known.values()) or "nothing"
            raise InvalidInput(
                f"{change.name} is not on the list on this day ({listed}). Check how it is written, or add a "
                f"line before it: taking {change.name}.",
                FIELD,
            )
        _apply(known, change, day, "")


def _apply(found: dict[str, Medication], change: MedicationChange, day: date, log_id: str) -> None:
    name = folded(change.name)
    old = found.get(name)
    if change.step is MedicationStep.STOPPED:
        found.pop(name, None)
        return
    since = change.since or (old.since if old else day.isoformat())
    dose = change.dose or (old.dose if old else "")
    found[name] = Medication(name=old.name if old else change.name, dose=dose, since=since, log_id=log_id)


def _change(number: int, line: str) -> MedicationChange:
    first, _, rest = line.partition(" ")
    step = _STEPS.get(first.lower().rstrip(":"))
    if step is None:
        raise _wrong(number, f"begin with {', '.join(MedicationStep)}.")
    name, *more = (" ".join(part.split()) for part in rest.split(","))
    since = _SINCE.fullmatch(more[-1].lower()) if more else None
    dose = ", ".join(filter(None, more[:-1] if since else more))
    if not any(character.isalpha() for character in name) or len(name) > LONGEST_NAME:
        raise _wrong(number, f"name the medication after “{step}”, in {LONGEST_NAME} characters at most.")
    if len(dose) > LONGEST_DOSE:
        raise _wrong(number, f"the dose may have {LONGEST_DOSE} characters.")
    if step is MedicationStep.CHANGED and not dose:
        raise _wrong(number, "write the new dose after a comma.")
    if since and step in _NEEDS_ONE:
        raise _wrong(number, "“since” goes with taking or started; a change is of the contact's day.")
    return MedicationChange(step=step, name=name, dose=dose, since=_day(number, since[1]) if since else None)


def _day(number: int, text: str) -> str:
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError:
        raise _wrong(number, f"{text} is not a calendar day.") from None


def _wrong(number: int, sentence: str) -> InvalidInput:
    return InvalidInput(f"Line {number}: {sentence}", FIELD)


_STEPS: Mapping[str, MedicationStep] = {
    **{step.value: step for step in MedicationStep},
    "takes": MedicationStep.TAKING,
    "start": MedicationStep.STARTED,
    "change": MedicationStep.CHANGED,
    "stop": MedicationStep.STOPPED,
}
