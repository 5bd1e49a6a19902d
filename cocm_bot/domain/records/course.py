"""The course of a patient: flags and alerts, measures over an episode, episodes. Times are seconds UTC."""

from pydantic import Field

from cocm_bot.domain.records.agreements import StoredDeactivationReason
from cocm_bot.domain.records.billing_month import BillingMonth
from cocm_bot.domain.records.history import StoredFlag
from cocm_bot.domain.records.record import CompactRecord, Instant, LocalDay, Record

LONGEST_REASON_LISTED = 120
"""Characters of a flag's reason that lists can show: the index carries them."""


class PatientFlag(Record):
    """A flag that was raised, and perhaps resolved."""

    flag_type: StoredFlag
    created_by_provider_id: str
    created_date: Instant
    resolved_by_provider_id: str | None = None
    resolved_date: float | None = None
    reason: str = ""
    resolved_reason: str = ""
    raised_with: str | None = None
    """The id of its part in a bulk change; None for a flag that was raised on its own."""
    taken_by_provider_id: str | None = None
    """The member who last took the risk on; a safety risk's only."""
    taken_date: float | None = None


class Alert(Record):
    """A safety risk the team is notified of until somebody takes it, or it is over."""

    id: str
    raised_by: str
    at: float
    measures: tuple[str, ...] = Field(default=(), strict=False)
    """The measures whose self-harm item is above 0; none when a flag was raised by hand."""
    log_id: str | None = None
    """The contact that says so."""
    taken_by: str | None = None
    taken_at: float | None = None
    over_at: float | None = None
    """The time at which the risk was resolved, or the contact corrected, before anybody took it."""
    quiet: bool = False
    """Shown on the card alone: it is of a contact long ago, and nobody is paged."""
    contact_date: float | None = None
    """The date of the contact that says so; None for one from before this was kept, or without a contact."""


class MeasureCourse(CompactRecord):
    """One measure over the current episode."""

    first: float
    first_date: Instant
    latest: float
    latest_date: Instant
    count: int
    not_improved_since: Instant | None = None
    """Date of the first score of the current run of not improved scores; None when improved or undefined."""
    remission_since: Instant | None = None
    """Date of the first score of the current run of scores in remission; None when not in remission."""
    remission_confirmed: Instant | None = None
    """Date of the score of that run that confirms it, usually the second; None before it."""
    best: float | None = None
    """The best score of the episode."""
    worse_since: Instant | None = None
    """Date of the first score, of the current run of worse ones, that no consult has followed."""
    relapse_since: Instant | None = None
    """The same of scores that show a relapse in somebody who was well."""


class Course(CompactRecord):
    """The part of a patient's history that lists and due rules need; derived, and projected by the index."""

    episode_started: Instant
    last_contact: Instant | None = None
    last_no_show: Instant | None = None
    open_flags: dict[str, Instant] = Field(default_factory=dict)
    """Open flag type → when the oldest open one of that type was raised."""
    flag_reasons: dict[str, str] = Field(default_factory=dict)
    """Open flag type → why that one was raised, in the team's words, cut to `LONGEST_REASON_LISTED`."""
    review_flagged: Instant | None = None
    """The time of the oldest open review flag that no consult has followed."""
    recommended: Instant | None = None
    """The time of the oldest unanswered recommendation."""
    self_harm_open: dict[str, float] = Field(default_factory=dict)
    """Measure → date of its latest score, where that leaves open what the self-harm item's answer was."""
    month: BillingMonth | None = None
    """Billing facts of the month the record was last true for."""
    scores: dict[str, MeasureCourse] = Field(default_factory=dict)
    attempts: int = 0
    """Outreach attempts since the last attended contact."""
    appointment: LocalDay | None = None
    """The local day agreed for the next contact, until an attended contact on it or later."""
    appointment_agreed: float | None = None
    """Date of the contact it was agreed at."""
    plan_check: LocalDay | None = None
    """The local day the plan names as its next check, until an attended contact on it or later."""
    relapsed: float | None = None
    """Date of the last score that showed a relapse after the patient was well."""
    planned: bool = False
    """True if a relapse prevention plan was written since the episode's last relapse signs."""
    remitted: float | None = None
    """Date of the score that first confirmed remission in this episode."""
    follow_up_days: int | None = None
    """The patient's own interval between follow-ups."""
    resumed: float | None = None
    """The time at which the episode went on after the patient had left."""
    born: int | None = None
    """The year of birth, which tells two of one name apart."""
    next_consult: LocalDay | None = None
    """The local day that the latest consultation names for the next one."""


class Episode(Record):
    """One stay in the program; a patient who is reopened starts another, or goes on with the last."""

    started: Instant
    resumed: Instant | None = None
    """The time at which it last went on after the patient had left (seconds UTC)."""
    ended: Instant | None = None
    reason: StoredDeactivationReason | None = None
    note: str = ""
    """The reason in words, where one was given."""
