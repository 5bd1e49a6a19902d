"""The care policy of a registry: cadences, thresholds, measures, and the zone its days are counted in."""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

from cocm_bot.domain.measures.catalogue import Measure
from cocm_bot.domain.records.record import Record
from cocm_bot.domain.settings.code_sets import BillingRules


class Cadence(Record):
    """The times after which something falls due. Defaults as customary in Collaborative Care; all can be set.

    Weekly contact in the first month and fortnightly after follows the COMPASS initiative; consultation
    for those not improved at week 8, 10.1176/appi.ps.201400577; weekly review of new and non-improving
    patients, 10.1007/s11126-015-9375-1. Rating scales belong to the code's own text (CPT
    99492–99494). The 2-, 3-, 7-, 30-, 60- and 90-day figures are customary, not from a source.
    """

    assessment_days: int = 7
    early_weeks: int = 4
    follow_up_days_early: int = 7
    follow_up_days: int = 14
    follow_up_days_prevention: int = 30
    no_show_days: int = 2
    not_improving_weeks: int = 8
    recent_consult_weeks: int = 4
    never_reviewed_weeks: int = 4
    stale_consult_weeks: int = 8
    stale_consult_weeks_prevention: int = 0
    """The same in relapse prevention; 0 asks for none."""
    measure_days: int = 30
    measure_days_prevention: int = 90
    remission_scores: int = 2
    """Scores in remission in a row that confirm it."""
    lost_days: int = 60
    recommendation_days: int = 3
    undo_days: int = 7
    """Days for which a deactivation can be undone."""
    same_episode_days: int = 60
    """Up to how long after leaving a reopened record is proposed to go on with the same episode."""


@dataclass(frozen=True)
class CarePolicy:
    """The settings of a registry that the rules need."""

    zone: ZoneInfo
    cadence: Cadence
    measures: tuple[Measure, ...]
    billing: BillingRules = field(default_factory=BillingRules)
    no_longer_asked: tuple[Measure, ...] = ()
    """Measures of which scores may stand in the history, though the registry does not ask for them now."""

    def local_date(self, seconds: float) -> date:
        """The calendar day of an instant (seconds UTC) in the registry's zone."""
        return datetime.fromtimestamp(seconds, self.zone).date()

    def month(self, seconds: float) -> str:
        """The calendar month (`YYYY-MM`) of an instant (seconds UTC) in the registry's zone."""
        return datetime.fromtimestamp(seconds, self.zone).strftime("%Y-%m")

    def weeks(self, start: float | None, end: float) -> int:
        """Whole weeks between two instants by the calendar, whatever the clocks did; 0 without a start."""
        if start is None:
            return 0
        return max(0, (self.local_date(end) - self.local_date(start)).days // 7)

    def instant(self, day: date, now: datetime) -> float:
        """The instant (seconds UTC) to record for something that happened on a local day.

        Today is recorded as now; another day as its local noon, which exists on every day of every zone.
        """
        if day == self.local_date(now.timestamp()):
            return now.timestamp()
        return datetime.combine(day, time(12), self.zone).astimezone(UTC).timestamp()

    @property
    def about_self_harm(self) -> list[Measure]:
        """The measures that ask about self-harm, those no longer asked for included.

        An answer stays one, and a question open, when an admin chooses other measures.
        """
        known = (*self.measures, *self.no_longer_asked)
        return [measure for measure in known if measure.self_harm_item is not None]

    def measure(self, name: str) -> Measure | None:
        """The registry's measure of that name, if it uses one."""
        return next((measure for measure in self.measures if measure.name == name), None)
