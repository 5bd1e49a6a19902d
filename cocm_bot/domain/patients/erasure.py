"""Erasing a patient: asked for by one person, confirmed by another, done under a role of its own. Pure.

All that is left is a tombstone without health data: an opaque id, who asked and confirmed, when, and why.
"""

from datetime import date
from enum import StrEnum
from typing import Annotated

from pydantic import Field

from cocm_bot.domain.errors import Conflict
from cocm_bot.domain.records.patient import Patient
from cocm_bot.domain.records.record import Record
from cocm_bot.domain.settings.policy import CarePolicy
from cocm_bot.domain.vocabulary import Status

VALID_SECONDS = 7 * 24 * 3600.0
"""Seconds in which a request must be confirmed, and a confirmed one carried out."""


class ErasureReason(StrEnum):
    """A reason from a list: a sentence could hold health data, and it stays."""

    REQUEST = "the patient's own request"
    RETENTION = "the retention period is over"
    MISTAKE = "entered by mistake"
    LAW = "an order of a court or authority"


class ErasureState(StrEnum):
    """The progress of an erasure; the value is stored."""

    ASKED = "asked"
    CONFIRMED = "confirmed"
    ERASING = "erasing"
    """Begun: it goes on until nothing is left, whatever ends the process."""
    ERASED = "erased"


class Traces(Record):
    """The opaque ids and numbers by which items of a patient are found; dropped once all are gone."""

    ids: tuple[str, ...] = Field(strict=False)
    """The ids of the record, and of those merged into it."""
    handles: tuple[str, ...] = Field(strict=False)
    mrns: tuple[str, ...] = Field(strict=False)
    subjects: tuple[str, ...] = Field(strict=False)
    """The ids of contacts, alerts and recommendations: of jobs and messages about them."""
    words: tuple[str, ...] = Field(default=(), strict=False)
    """Last name, phone and e-mail address: what somebody may have typed into a form that is not saved."""
    merges: tuple[str, ...] = Field(default=(), strict=False)
    months: tuple[str, ...] = Field(default=(), strict=False)
    """The months in the billing ledger."""


class Erasure(Record):
    """One patient's erasure. Times in seconds UTC; people by user id, or as the account of their system."""

    patient_id: str
    reason: Annotated[ErasureReason, Field(strict=False)]
    state: Annotated[ErasureState, Field(strict=False)]
    asked_by: str
    asked_at: float
    handle: str = ""
    """Empty once erased."""
    confirmed_by: str = ""
    confirmed_at: float | None = None
    erased_by: str = ""
    erased_at: float | None = None
    items: int = 0
    """The number of items that were deleted or emptied."""
    traces: Traces | None = None


def is_over(erasure: Erasure, now: float) -> bool:
    """Return whether a request lapsed: it was not confirmed, or not carried out, in time."""
    since = erasure.confirmed_at if erasure.confirmed_at is not None else erasure.asked_at
    waiting = erasure.state in (ErasureState.ASKED, ErasureState.CONFIRMED)
    return waiting and now > since + VALID_SECONDS


def confirmed(erasure: Erasure, by: str, now: float) -> Erasure:
    """Return the request as another person confirms it; raises Conflict."""
    if erasure.state is not ErasureState.ASKED:
        raise Conflict("This erasure is confirmed already.")
    if is_over(erasure, now):
        raise Conflict("This request is older than 7 days and has lapsed. Ask for the erasure again.")
    if by == erasure.asked_by:
        raise Conflict("Whoever asked for an erasure can't confirm it: a second person must.")
    update = {"state": ErasureState.CONFIRMED, "confirmed_by": by, "confirmed_at": now}
    return erasure.model_copy(update=update)


def check_ready(erasure: Erasure, now: float) -> None:
    """Raise Conflict unless an erasure was confirmed in time, or was begun."""
    if erasure.state is ErasureState.ERASING:
        return
    if erasure.state is not ErasureState.CONFIRMED:
        raise Conflict("This erasure is not confirmed: a second person must confirm it first.")
    if is_over(erasure, now):
        raise Conflict("This was confirmed more than 7 days ago and has lapsed. Ask for the erasure again.")


def check_hold(patient: Patient) -> None:
    """Raise Conflict for a record under legal hold."""
    if patient.legal_hold is not None:
        raise Conflict("This record is under legal hold: lift the hold first, if it is over.")


def retention_over(patient: Patient, years: int, today: date, policy: CarePolicy) -> date | None:
    """Return the last local day in the program of a record whose retention (years) is over; None for others.

    A record that is in the program, or under legal hold, is kept; so is one of which nobody knows the day.
    """
    if patient.status is not Status.DEACTIVATED or patient.legal_hold is not None or not patient.episodes:
        return None
    ended = patient.episodes[-1].ended
    if ended is None:
        return None
    last = max([ended, *(log.date for log in (*patient.treatment_logs, *patient.work_logs))])
    left = policy.local_date(last)
    return left if today > _years_later(left, years) else None


def _years_later(day: date, years: int) -> date:
    """The same day so many years later; of 29 February, in a year without one, 1 March."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return date(day.year + years, 3, 1)


def tombstone(erasure: Erasure, by: str, now: float, items: int) -> Erasure:
    """Return what is left of an erased patient."""
    update = {
        "state": ErasureState.ERASED,
        "handle": "",
        "traces": None,
        "erased_by": by,
        "erased_at": now,
        "items": items,
    }
    return erasure.model_copy(update=update)
