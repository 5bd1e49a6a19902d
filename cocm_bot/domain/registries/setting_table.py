"""The settings a registry's admins can change: each with its words, its bounds and its default.

The modal, the checks of what is entered and docs/settings.md all follow this table.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from typing import Any

from cocm_bot.domain.members import Registry
from cocm_bot.domain.records.record import Record
from cocm_bot.domain.settings.code_sets import BillingRules
from cocm_bot.domain.settings.policy import Cadence
from cocm_bot.domain.settings.registry_settings import Alerts, Disclosure, Privacy, Rhythm, Shown

DIRECT = (Shown.HANDLE, Shown.INITIALS, Shown.NAME)
SCREENS = (Shown.NAME, Shown.INITIALS)
CHANNEL = (Shown.COUNTS, Shown.HANDLE)


class Part(StrEnum):
    """The record of a registry that a setting belongs to; the value is the attribute's name."""

    CADENCE = "cadence"
    BILLING = "billing"
    RHYTHM = "rhythm"
    DISCLOSURE = "disclosure"
    ALERTS = "alerts"
    PRIVACY = "privacy"
    REGISTRY = ""


_RECORDS: Mapping[Part, type[Record]] = {
    Part.CADENCE: Cadence,
    Part.BILLING: BillingRules,
    Part.RHYTHM: Rhythm,
    Part.DISCLOSURE: Disclosure,
    Part.ALERTS: Alerts,
    Part.PRIVACY: Privacy,
    Part.REGISTRY: Registry,
}


@dataclass(frozen=True)
class Setting:
    """One setting; `least` and `most` bound a number, both included."""

    name: str
    part: Part
    label: str
    meaning: str
    least: int | None = None
    most: int | None = None

    @cached_property
    def default(self) -> Any:
        """Return what holds where nothing else was set."""
        return _RECORDS[self.part].model_fields[self.name].default

    def of(self, registry: Registry) -> Any:
        """Return what holds in a registry."""
        return getattr(getattr(registry, self.part) if self.part else registry, self.name)


def _number(part: Part, name: str, label: str, meaning: str, least: int, most: int) -> Setting:
    return Setting(name, part, label, meaning, least, most)


_CARE, _BILLING = Part.CADENCE, Part.BILLING
CARE = (
    _number(_CARE, "assessment_days", "Initial assessment due (days)", "Enrolled without one.", 1, 365),
    _number(_CARE, "early_weeks", "Close follow-up lasts (weeks)", "From the initial assessment on.", 0, 104),
    _number(_CARE, "follow_up_days_early", "Close follow-up every (days)", "In those first weeks.", 1, 90),
    _number(_CARE, "follow_up_days", "Later follow-up every (days)", "In treatment, after them.", 1, 180),
    _number(
        _CARE,
        "follow_up_days_prevention",
        "Follow-up in relapse prevention every (days)",
        "With the status Relapse Prevention Plan.",
        1,
        365,
    ),
    _number(
        _CARE,
        "no_show_days",
        "Next try after a no-show (days)",
        "Or when the follow-up was due anyway, if that is sooner.",
        1,
        60,
    ),
    _number(
        _CARE,
        "not_improving_weeks",
        "Consult if not improved after (weeks)",
        "From the initial assessment on.",
        1,
        104,
    ),
    _number(
        _CARE,
        "recent_consult_weeks",
        "… unless consulted in the last (weeks)",
        "Weeks before another consult is due.",
        1,
        104,
    ),
    _number(_CARE, "never_reviewed_weeks", "First consult by (weeks)", "In treatment without one.", 1, 104),
    _number(
        _CARE,
        "stale_consult_weeks",
        "Next consult after (weeks)",
        "In treatment, not in remission, and longer than this since the last one.",
        1,
        104,
    ),
    _number(
        _CARE,
        "stale_consult_weeks_prevention",
        "… in relapse prevention after (weeks)",
        "0 asks for none.",
        0,
        104,
    ),
    _number(_CARE, "measure_days", "Measure due (days)", "In treatment, no deciding measure scored.", 1, 365),
    _number(
        _CARE,
        "measure_days_prevention",
        "Measure due in relapse prevention (days)",
        "No deciding measure scored.",
        1,
        365,
    ),
    _number(
        _CARE,
        "remission_scores",
        "Remission confirmed by (scores in a row)",
        "Then a relapse prevention plan is due, and a later relapse is noticed.",
        1,
        10,
    ),
    _number(_CARE, "lost_days", "Lost to contact after (days)", "Without an attended contact.", 1, 365),
    _number(
        _CARE,
        "recommendation_days",
        "Recommendation overdue after (days)",
        "Given by the psychiatrist and not yet answered.",
        1,
        90,
    ),
    _number(
        _CARE, "undo_days", "Deactivation can be undone for (days)", "The record is then as it was.", 0, 90
    ),
    _number(
        _CARE,
        "same_episode_days",
        "Same episode proposed up to (days)",
        "After leaving, when a record is reopened: first scores and weeks are kept.",
        0,
        365,
    ),
)
BILLING = (
    _number(
        _BILLING,
        "gap_months",
        "Initial month again after (months)",
        "Whole months without billable work. Payers differ.",
        1,
        60,
    ),
    _number(
        _BILLING,
        "most_add_ons",
        "Most units of 99494 in a month",
        "Above it I warn: payers cap them.",
        0,
        20,
    ),
    _number(
        _BILLING,
        "review_weeks",
        "Psychiatric review up to (weeks)",
        "Before the month; an older one leaves the claim unready.",
        1,
        104,
    ),
    Setting(
        "physician_minutes",
        _BILLING,
        "A treating physician's minutes",
        "Count them when they do the care manager's work. State guidance differs.",
    ),
)
LOADED = frozenset({"code_set", "own_sets", "payers"})
"""The billing rules that are tables, and come from a file: see docs/billing.md."""
CALENDAR = (
    Setting("timezone", Part.REGISTRY, "Time zone", "Where the registry's days and hours are counted."),
    Setting("digest_time", Part.RHYTHM, "Digest at", "When each member gets their day."),
    Setting("working_days", Part.RHYTHM, "Working days", "No digest on other days."),
    Setting(
        "holidays_of",
        Part.RHYTHM,
        "Public holidays of",
        "No digest on them. A country, or a part of one.",
    ),
    Setting(
        "quiet_days",
        Part.RHYTHM,
        "Further quiet days",
        "No digest on these either. A day a line, like 2026-12-24.",
    ),
    Setting("review_day", Part.RHYTHM, "Review on", "When the caseload review is held."),
    Setting("review_time", Part.RHYTHM, "Review at", "The psychiatrist has the agenda that morning."),
    Setting("report_day", Part.RHYTHM, "Weekly figures on", "When Clinical Ops get them."),
)
MESSAGES = (
    Setting("team_channel", Part.REGISTRY, "Team channel", "Gets the day's counts. Invite me there first."),
    Setting("direct", Part.DISCLOSURE, "In direct messages", "How much of a patient they show."),
    Setting(
        "finance",
        Part.DISCLOSURE,
        "In the billing list",
        "How much of a patient Finance sees beside the MRN.",
    ),
    Setting("channel", Part.DISCLOSURE, "In the team channel", "How much of a patient it shows."),
    Setting(
        "monthly_figures",
        Part.DISCLOSURE,
        "Month's figures in the team channel",
        "Last month's counts and a picture, with the first counts of each month.",
    ),
    Setting(
        "cover",
        Part.ALERTS,
        "Who covers for safety alerts",
        "Notified of an alert that nobody takes. Without a cover the admins are.",
    ),
    _number(
        Part.ALERTS,
        "escalate_minutes",
        "Safety alert goes on after (minutes)",
        "To the cover, then to the admins, if nobody has taken it.",
        5,
        24 * 60,
    ),
    _number(
        Part.ALERTS,
        "history_days",
        "Self-harm answers are history after (days)",
        "An older contact entered late pages nobody if a later answer was 0. The card shows it.",
        1,
        365,
    ),
    Setting(
        "crisis_text",
        Part.ALERTS,
        "Text for a crisis",
        "Your procedure and numbers. Shown wherever an answer about self-harm is entered, and in alerts.",
    ),
    _number(
        Part.REGISTRY,
        "invite_days",
        "Invitations expire after (days)",
        "Invitations that expire can be sent again.",
        1,
        365,
    ),
)
PRIVACY = (
    Setting(
        "screens",
        Part.DISCLOSURE,
        "Windows and Home show",
        "With initials, no name, birth date, phone, e-mail or MRN is shown, in messages neither.",
    ),
    _number(
        Part.PRIVACY,
        "viewed_patients",
        "Unusual access from (patients)",
        "The admins are notified of a member who is shown so many.",
        20,
        5000,
    ),
    _number(
        Part.PRIVACY,
        "viewed_minutes",
        "… within (minutes)",
        "Patients are counted once, digests and alerts not at all.",
        5,
        24 * 60,
    ),
    _number(
        Part.PRIVACY,
        "file_hours",
        "Files are deleted after (hours)",
        "Such as the pictures of trends that I give to Slack.",
        1,
        30 * 24,
    ),
    _number(
        Part.PRIVACY,
        "retention_years",
        "Keep records for (years)",
        "After leaving. Older ones are proposed for erasure, never erased unasked; 0 keeps all.",
        0,
        99,
    ),
    _number(
        Part.PRIVACY,
        "smallest_count",
        "Figures hide counts below (patients)",
        "With 5, two patients are “< 5”, and what would give them away is hidden too. 0 hides none.",
        0,
        20,
    ),
)
RECORDS = (
    Setting(
        "phone_country",
        Part.REGISTRY,
        "Country of phone numbers",
        "Two letters, like US, GB or DE. Numbers that do not begin with + are read by it.",
    ),
    Setting(
        "ehr_url",
        Part.REGISTRY,
        "Link to the health record",
        "A web address with {id} where the patient's id belongs. Cards then link to the record.",
    ),
)
YES_OR_NO = ("physician_minutes", "monthly_figures")
"""The settings that are on or off."""
SETTINGS = (*CARE, *BILLING, *CALENDAR, *MESSAGES, *PRIVACY, *RECORDS)
ATTRIBUTES = tuple(dict.fromkeys(setting.part or setting.name for setting in SETTINGS))
"""The registry's own attributes that hold settings."""
