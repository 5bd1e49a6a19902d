"""The kinds of work a list is asked for and sorted by: the reasons a patient is due, as people name them."""

from collections.abc import Iterable, Mapping
from enum import StrEnum
from types import MappingProxyType

from cocm_bot.domain.due.rules import Due, Reason
from cocm_bot.domain.vocabulary import Role


class Work(StrEnum):
    """A kind of work, as it is typed after `/cocm today`."""

    SAFETY = "safety"
    APPOINTMENTS = "appointments"
    FOLLOW_UPS = "followups"
    ASSESSMENTS = "assessments"
    MEASURES = "measures"
    PLANS = "plans"
    DISCUSS = "discuss"
    CONSULTS = "consults"
    RECOMMENDATIONS = "recommendations"
    LOST = "lost"

    @property
    def heading(self) -> str:
        """Return what a group of patients under it is called."""
        return _HEADINGS[self]


_HEADINGS: Mapping[Work, str] = MappingProxyType(
    {
        Work.SAFETY: "Safety risks",
        Work.APPOINTMENTS: "Appointments",
        Work.FOLLOW_UPS: "Follow-ups due",
        Work.ASSESSMENTS: "Assessments due",
        Work.MEASURES: "Measures due",
        Work.PLANS: "Plans due",
        Work.DISCUSS: "To discuss",
        Work.CONSULTS: "Consults due",
        Work.RECOMMENDATIONS: "Recommendations unanswered",
        Work.LOST: "Lost to contact",
    }
)
_OF_REASON: Mapping[Reason, Work] = MappingProxyType(
    {
        Reason.SAFETY_RISK: Work.SAFETY,
        Reason.SELF_HARM_OPEN: Work.SAFETY,
        Reason.RELAPSE: Work.CONSULTS,
        Reason.WORSENING: Work.CONSULTS,
        Reason.NOT_IMPROVING: Work.CONSULTS,
        Reason.FLAGGED: Work.CONSULTS,
        Reason.NEVER_REVIEWED: Work.CONSULTS,
        Reason.STALE_CONSULT: Work.CONSULTS,
        Reason.APPOINTMENT: Work.APPOINTMENTS,
        Reason.FOLLOW_UP: Work.FOLLOW_UPS,
        Reason.MEASURE: Work.MEASURES,
        Reason.ASSESSMENT: Work.ASSESSMENTS,
        Reason.PLAN: Work.PLANS,
        Reason.PLAN_CHECK: Work.PLANS,
        Reason.RECOMMENDATION: Work.RECOMMENDATIONS,
        Reason.TO_DISCUSS: Work.DISCUSS,
        Reason.LOST: Work.LOST,
    }
)
_OWN_FIRST: Mapping[Role, tuple[Work, ...]] = MappingProxyType(
    {
        Role.PSYCHIATRIST: (Work.SAFETY, Work.CONSULTS, Work.DISCUSS),
        Role.PCP: (Work.SAFETY, Work.RECOMMENDATIONS, Work.CONSULTS),
    }
)


def work_of(reason: Reason) -> Work:
    """Return the kind of work a reason belongs to."""
    return _OF_REASON[reason]


def works_for(role: Role) -> list[Work]:
    """Return the kinds of work in the order a role does them: what can't wait, then what is its own.

    For a care manager a follow-up comes before what waits for the psychiatrist or a physician.
    """
    return list(dict.fromkeys((*_OWN_FIRST.get(role, ()), *Work)))


def in_order_of(due: Iterable[Due], works: Iterable[Work]) -> list[Due]:
    """The reasons a patient is due in the order of these kinds of work, gravest first within each."""
    order = list(works)
    return sorted(due, key=lambda each: (order.index(work_of(each.reason)), each.reason.gravity))
