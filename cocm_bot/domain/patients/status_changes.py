"""What people move a patient to by hand: another status, out of the program, and back into it."""

import math
from collections.abc import Mapping
from types import MappingProxyType

from cocm_bot.domain.agreements import DeactivationReason
from cocm_bot.domain.errors import InvalidInput
from cocm_bot.domain.patient import Episode, Patient
from cocm_bot.domain.safety.flags import open_types, with_resolved
from cocm_bot.domain.vocabulary import Flag, Status

Update = dict[str, object]
"""What changes of a patient, by attribute."""

MOVES: Mapping[Status, tuple[Status, ...]] = MappingProxyType(
    {
        # Without an assessment of ours too: a patient taken over from elsewhere may be in treatment already.
        Status.ENROLLED: (Status.TREATMENT,),
        Status.TREATMENT: (Status.RELAPSE_PREVENTION,),
        # A relapse during the plan is treated in the same episode.
        Status.RELAPSE_PREVENTION: (Status.TREATMENT,),
        Status.DEACTIVATED: (),
    }
)
"""The moves by hand within an episode; leaving ends the episode, and coming back begins another."""


def moves(patient: Patient) -> tuple[Status, ...]:
    """Where a person may move the patient now; relapse prevention needs a plan written in this episode."""
    return tuple(
        status
        for status in MOVES[patient.status]
        if status is not Status.RELAPSE_PREVENTION or _planned(patient)
    )


def leaving_reasons(status: Status) -> tuple[DeactivationReason, ...]:
    """The reasons a patient may leave for; nobody graduates before treatment, nor leaves twice."""
    if status is Status.DEACTIVATED:
        return ()
    return tuple(
        reason
        for reason in DeactivationReason
        if status is not Status.ENROLLED or reason is not DeactivationReason.GRADUATED
    )


def keeps_from_leaving(patient: Patient) -> str | None:
    """Why the patient can't be deactivated now, if so.

    A deactivated patient is in no worklist, so an open safety risk would come back to nobody: a clinician
    says first what was done about it.
    """
    if Flag.SAFETY_RISK in open_types(patient):
        return "A Safety Risk flag is open: resolve it first, saying what was done."
    return None


def moved(patient: Patient, to: Status, at: float) -> Update:
    """What changes when the patient is moved at an instant (seconds UTC); raises InvalidInput."""
    if to not in moves(patient):
        raise InvalidInput(f"The patient is {patient.status} now and can't move to {to}.", "status")
    return {"status": to, "status_since": at}


def deactivated(patient: Patient, reason: DeactivationReason, note: str, by: str, at: float) -> Update:
    """What changes when the patient leaves at an instant (seconds UTC); raises InvalidInput.

    The flags still open are resolved with the reason: what was to be discussed ends with the episode.
    """
    if patient.status is Status.DEACTIVATED:
        raise InvalidInput("The patient is deactivated already.", "reason")
    if reason not in leaving_reasons(patient.status):
        raise InvalidInput(f"A patient who is {patient.status} can't leave as {reason}.", "reason")
    if kept := keeps_from_leaving(patient):
        raise InvalidInput(kept, "reason")
    *earlier, current = _episodes(patient)
    update: Update = {
        "status": Status.DEACTIVATED,
        "status_since": at,
        "episodes": (*earlier, current.model_copy(update={"ended": at, "reason": reason, "note": note})),
        "flags": with_resolved(patient, open_types(patient), f"Deactivated: {reason}", by, at),
    }
    return update | ({"date_graduated": at} if reason is DeactivationReason.GRADUATED else {})


def reopened(patient: Patient, at: float) -> Update:
    """What changes when the patient comes back at an instant (seconds UTC); raises InvalidInput.

    The earlier episode keeps when and why it ended, a graduation's date too.
    """
    if patient.status is not Status.DEACTIVATED:
        raise InvalidInput(f"The patient is {patient.status} already.", "why")
    return {
        "status": Status.ENROLLED,
        "status_since": at,
        "episodes": (*_episodes(patient), Episode(started=at)),
        "date_graduated": None,
    }


def _episodes(patient: Patient) -> tuple[Episode, ...]:
    """Records of an older system have none: then the first began with the record."""
    return patient.episodes or (Episode(started=patient.date_created),)


def _planned(patient: Patient) -> bool:
    """Whether this episode has a relapse prevention plan; the first takes in what came before it."""
    planned = patient.relapse_prevention_plan
    if planned is None:
        return False
    return len(patient.episodes) < 2 or planned >= math.floor(patient.course.episode_started)
