"""Join two records of one person into the one that is kept. Pure.

Their histories are not copied: the kept record names the other's (`Patient.joined`), so that no entry moves
and every seal stays valid. Where the two disagree a rule decides, and the difference is shown first. Nothing
that calls for somebody is lost by a merge: of open flags, alerts and recommendations both sides' stay.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from cocm_bot.domain.patients.derive import derive
from cocm_bot.domain.patients.join_differences import Difference, differences, same_days
from cocm_bot.domain.recommendations.recommendations import kept as kept_recommendations
from cocm_bot.domain.records.course import Episode, PatientFlag
from cocm_bot.domain.records.history import TreatmentLog, Voided
from cocm_bot.domain.records.patient import TAIL, Patient, Snooze
from cocm_bot.domain.settings.policy import CarePolicy
from cocm_bot.domain.vocabulary import Flag, Status

MOST_DOUBLES = 50
"""Contacts recorded in both records that one merge takes in: all goes in one transaction."""
DOUBLED = "Recorded in both records that were merged: counted once"
CALLS_FOR_MOST = (Status.TREATMENT, Status.RELAPSE_PREVENTION, Status.ENROLLED, Status.DEACTIVATED)
"""Of two statuses the one that asks more of the team is true of the person."""
FILLED = (
    "first_name",
    "last_name",
    "date_of_birth",
    "phone_number",
    "email",
    "payer",
    "sex_at_birth",
    "treating_clinician",
    "ehr_id",
)
"""The attributes of which the kept record's is true, or else the other's."""


@dataclass(frozen=True)
class Joined:
    """The kept record as it is after a merge, with what a person looks at before it."""

    patient: Patient
    voids: tuple[Voided, ...]
    """The other's copies of contacts that both records have."""
    differences: tuple[Difference, ...]


@dataclass(frozen=True)
class Side:
    """One of the two records, with its whole history."""

    patient: Patient
    logs: Sequence[TreatmentLog]


def join(kept: Side, other: Side, policy: CarePolicy, by: str, now: datetime) -> Joined:
    """Return the kept record with all that the other's adds, derived from both histories.

    `by` is who merges. A self-harm question that was open in either, and that the other history would answer,
    stays with somebody: as a flag for the psychiatrist.
    """
    mine, theirs, at = kept.patient, other.patient, now.timestamp()
    first, second = (mine, theirs) if _asks_more(mine, theirs) else (theirs, mine)
    voids = tuple(_doubled(kept.logs, other.logs, policy, by, at))
    update = {
        **{name: getattr(mine, name) or getattr(theirs, name) for name in FILLED},
        "status": first.status,
        "status_since": first.status_since,
        "departure": first.departure,
        "care_manager": first.care_manager or second.care_manager,
        "date_graduated": first.date_graduated or second.date_graduated,
        "date_created": min(mine.date_created, theirs.date_created),
        "date_modified": at,
        "date_referred": min(filter(None, (mine.date_referred, theirs.date_referred)), default=None),
        "episodes": _episodes(mine, theirs),
        "consent": min(
            filter(None, (mine.consent, theirs.consent)), key=lambda each: each.date, default=None
        ),
        "diagnoses": (
            *mine.diagnoses,
            *(each for each in theirs.diagnoses if each.code not in {known.code for known in mine.diagnoses}),
        ),
        "flags": _flags(mine, theirs),
        "alerts": tuple(sorted((*mine.alerts, *theirs.alerts), key=lambda each: each.at)),
        "recommendations": kept_recommendations((*mine.recommendations, *theirs.recommendations)),
        "risk_screens": tuple(
            sorted((*mine.risk_screens, *theirs.risk_screens), key=lambda each: each.at)[-TAIL:]
        ),
        "safety_plan": max(
            filter(None, (mine.safety_plan, theirs.safety_plan)),
            key=lambda each: each.written_at,
            default=None,
        ),
        "follow_up_days": min(filter(None, (mine.follow_up_days, theirs.follow_up_days)), default=None),
        "appointment_change": max(
            filter(None, (mine.appointment_change, theirs.appointment_change)),
            key=lambda each: each.at,
            default=None,
        ),
        "snoozed": _snooze(mine, theirs),
        "joined": (*mine.joined, *theirs.histories),
    }
    standing = marked([*kept.logs, *other.logs], voids)
    after = derive(mine.model_copy(update=update), standing, policy, now)
    if unanswered := _unanswered(mine, theirs, after):
        flags = (*after.flags, _asked(unanswered, by, at))
        after = derive(after.model_copy(update={"flags": flags}), standing, policy, now)
    told = (*differences(mine, theirs, after, policy), *same_days(kept.logs, other.logs, voids, policy))
    return Joined(after, voids, told)


def marked(logs: Iterable[TreatmentLog], voids: Iterable[Voided]) -> list[TreatmentLog]:
    """Return the entries with the voids of this change marked."""
    gone = {each.log_id: each for each in voids}
    return [log.model_copy(update={"voided": gone[log.id]}) if log.id in gone else log for log in logs]


def _asks_more(mine: Patient, theirs: Patient) -> bool:
    return CALLS_FOR_MOST.index(mine.status) <= CALLS_FOR_MOST.index(theirs.status)


def _episodes(mine: Patient, theirs: Patient) -> tuple[Episode, ...]:
    """The stays of both, those that overlap made one; only the last can go on."""
    merged: list[Episode] = []
    for each in sorted((*mine.episodes, *theirs.episodes), key=lambda each: each.started):
        last = merged[-1] if merged else None
        if last is None or (last.ended is not None and last.ended < each.started):
            merged.append(each)
            continue
        ends_later = max(last, each, key=lambda stay: math.inf if stay.ended is None else stay.ended)
        resumed = max((when for when in (last.resumed, each.resumed) if when is not None), default=None)
        merged[-1] = ends_later.model_copy(update={"started": last.started, "resumed": resumed})
    return tuple(merged)


def _flags(mine: Patient, theirs: Patient) -> tuple[PatientFlag, ...]:
    return tuple(sorted(dict.fromkeys((*mine.flags, *theirs.flags)), key=lambda each: each.created_date))


def _snooze(mine: Patient, theirs: Patient) -> Snooze | None:
    """A snooze that both records have, the shorter: one alone must not hide the other's work."""
    both = [each for each in (mine.snoozed, theirs.snoozed) if each is not None]
    return min(both, key=lambda each: each.until) if len(both) == len((mine, theirs)) else None


def _doubled(
    mine: Sequence[TreatmentLog], theirs: Sequence[TreatmentLog], policy: CarePolicy, by: str, at: float
) -> Iterable[Voided]:
    """Yield the voids of the other's entries that both records have of one day, word for word.

    An entry is kept by day, so its clock time says nothing. Minutes are never billed twice for one call;
    whoever made two that were alike is shown that one counts, and can enter it again.
    """
    known: dict[object, list[str]] = {}
    for log in mine:
        if log.counts:
            known.setdefault(_content(log, policy), []).append(log.id)
    for log in theirs:
        if log.counts and (same := known.get(_content(log, policy))):
            yield Voided(log_id=log.id, by=by, at=at, reason=DOUBLED, replaced_by=same.pop())


def _content(log: TreatmentLog, policy: CarePolicy) -> object:
    return policy.local_date(log.date), log.model_dump_json(
        include={
            "contact_type",
            "visit_type",
            "no_show",
            "minutes",
            "scores",
            "answers",
            "self_harm",
            "note",
        }
    )


def _unanswered(mine: Patient, theirs: Patient, after: Patient) -> list[str]:
    """The measures whose self-harm answer was open in one of the records, and is not by both histories."""
    asked = {*mine.course.self_harm_open, *theirs.course.self_harm_open}
    return sorted(asked - after.course.self_harm_open.keys())


def _asked(measures: Sequence[str], by: str, at: float) -> PatientFlag:
    return PatientFlag(
        flag_type=Flag.REVIEW,
        created_by_provider_id=by,
        created_date=at,
        reason=f"Records merged: in one of them the self-harm answer of {', '.join(measures)} was not known.",
    )
