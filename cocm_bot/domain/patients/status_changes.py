"""Changes of status by hand: to another status, out of the program, and back into it."""

import math
from collections.abc import Mapping
from types import MappingProxyType

from cocm_bot.domain.errors import InvalidInput
from cocm_bot.domain.measures.catalogue import Measure
from cocm_bot.domain.outcomes.progress import at_line
from cocm_bot.domain.records.agreements import DeactivationReason
from cocm_bot.domain.records.course import Episode
from cocm_bot.domain.records.patient import Departure, Patient
from cocm_bot.domain.safety.flags import open_types, with_resolved
from cocm_bot.domain.settings.policy import CarePolicy
from cocm_bot.domain.vocabulary import Flag, Status

Update = dict[str, object]
"""The changed values of a patient, by attribute."""

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
"""The moves by hand within an episode; leaving ends the episode, coming back begins another or goes on."""


def moves(patient: Patient) -> tuple[Status, ...]:
    """Return where a person may move the patient now; relapse prevention needs a plan written in this
    episode.
    """
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
    """Return why the patient can't be deactivated now, if so.

    A deactivated patient is in no worklist, so an open safety risk would come back to nobody: a clinician
    says first what was done about it.
    """
    if Flag.SAFETY_RISK in open_types(patient):
        return "A Safety Risk flag is open: resolve it first, saying what was done."
    return None


def leaving_concerns(patient: Patient, policy: CarePolicy) -> list[str]:
    """Return what is asked about once before the patient leaves, each in a few words.

    An outcome measure at its line, deciding or not; an answer about self-harm that is not known; treatment
    without a relapse prevention plan; an open flag.
    """
    scores, unknown = patient.course.scores, patient.course.self_harm_open
    concerns = [
        _at_its_line(scores[measure.name].latest, measure)
        for measure in policy.measures
        if measure.outcome and measure.name in scores and at_line(scores[measure.name].latest, measure)
    ]
    concerns += [
        f"the answer to item {measure.self_harm_item} of {measure.name} is not known"
        for measure in policy.about_self_harm
        if measure.name in unknown
    ]
    if patient.status in (Status.TREATMENT, Status.RELAPSE_PREVENTION) and not _planned(patient):
        concerns.append("there is no relapse prevention plan")
    return [*concerns, *(f"the flag {flag} is open" for flag in open_types(patient))]


def _at_its_line(score: float, measure: Measure) -> str:
    side = "above" if measure.higher_is_worse else "below"
    return f"{measure.name} is {score:g}, at or {side} {measure.improved_below:g}"


def moved(patient: Patient, to: Status, at: float) -> Update:
    """Return what changes when the patient is moved at an instant (seconds UTC); raises InvalidInput."""
    if to not in moves(patient):
        raise InvalidInput(f"The patient is {patient.status} now and can't move to {to}.", "status")
    return {"status": to, "status_since": at}


def deactivated(patient: Patient, reason: DeactivationReason, note: str, by: str, at: float) -> Update:
    """Return what changes when the patient leaves at an instant (seconds UTC); raises InvalidInput.

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
        "departure": Departure(
            at=at,
            status=patient.status,
            status_since=patient.status_since,
            date_graduated=patient.date_graduated,
            snoozed=patient.snoozed,
        ),
    }
    return update | ({"date_graduated": at} if reason is DeactivationReason.GRADUATED else {})


def can_undo(patient: Patient, policy: CarePolicy, at: float) -> bool:
    """Return whether the latest deactivation can be undone at an instant (seconds UTC)."""
    left = patient.departure
    if patient.status is not Status.DEACTIVATED or left is None:
        return False
    days = (policy.local_date(at) - policy.local_date(left.at)).days
    return days <= policy.cadence.undo_days


def undone(patient: Patient, policy: CarePolicy, at: float) -> Update:
    """Return what changes when a deactivation is undone at an instant (seconds UTC); raises InvalidInput.

    The record is as it was before: status, episode, and the flags that the deactivation resolved.
    """
    left = patient.departure
    if left is None or not can_undo(patient, policy, at):
        raise InvalidInput("This deactivation can no longer be undone: reopen the record instead.")
    *earlier, current = _episodes(patient)
    flags = tuple(
        flag.model_copy(
            update={"resolved_by_provider_id": None, "resolved_date": None, "resolved_reason": ""}
        )
        if flag.resolved_date == left.at
        else flag
        for flag in patient.flags
    )
    return {
        "status": left.status,
        "status_since": left.status_since,
        "date_graduated": left.date_graduated,
        "snoozed": left.snoozed,
        "episodes": (*earlier, current.model_copy(update={"ended": None, "reason": None, "note": ""})),
        "flags": flags,
        "departure": None,
    }


def same_episode_proposed(patient: Patient, policy: CarePolicy, at: float) -> bool:
    """Return whether reopening at an instant (seconds UTC) is proposed to go on with the same episode."""
    left = days_since_leaving(patient, policy, at)
    return left is not None and left <= policy.cadence.same_episode_days


def days_since_leaving(patient: Patient, policy: CarePolicy, at: float) -> int | None:
    """Return the local calendar days since the latest episode ended; None while it goes on."""
    ended = patient.episodes[-1].ended if patient.episodes else None
    return None if ended is None else (policy.local_date(at) - policy.local_date(ended)).days


def reopened(patient: Patient, at: float) -> Update:
    """Return what changes when the patient comes back for a new episode (seconds UTC); raises InvalidInput.

    The earlier episode keeps when and why it ended, a graduation's date too.
    """
    return _back(patient, at) | {
        "status": Status.ENROLLED,
        "episodes": (*_episodes(patient), Episode(started=at)),
    }


def resumed(patient: Patient, at: float) -> Update:
    """Return what changes when the same episode goes on at an instant (seconds UTC); raises InvalidInput.

    Baseline, weeks and scores are kept, and the status is the one before leaving; where that is not known
    (an older record), Treatment once there was an assessment.
    """
    *earlier, current = _episodes(patient)
    known = patient.departure.status if patient.departure else None
    status = Status.TREATMENT if patient.initial_assessment is not None else Status.ENROLLED
    goes_on = {"ended": None, "reason": None, "note": "", "resumed": at}
    return _back(patient, at) | {
        "status": known or status,
        "episodes": (*earlier, current.model_copy(update=goes_on)),
    }


def _back(patient: Patient, at: float) -> Update:
    if patient.status is not Status.DEACTIVATED:
        raise InvalidInput(f"The patient is {patient.status} already.", "why")
    return {"status_since": at, "date_graduated": None, "departure": None}


def _episodes(patient: Patient) -> tuple[Episode, ...]:
    """Records of an older system have none: then the first began with the record."""
    return patient.episodes or (Episode(started=patient.date_created),)


def _planned(patient: Patient) -> bool:
    """Return whether this episode has a relapse prevention plan; the first takes in what came before it."""
    planned = patient.relapse_prevention_plan
    if planned is None:
        return False
    return len(patient.episodes) < 2 or planned >= math.floor(patient.course.episode_started)
