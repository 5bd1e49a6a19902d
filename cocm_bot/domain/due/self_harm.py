"""The rule for scores that leave open whether the patient thinks of self-harm: due the same day."""

from cocm_bot.domain.due.cause import Cause, Fact
from cocm_bot.domain.records.patient import PatientSummary
from cocm_bot.domain.settings.policy import CarePolicy


def self_harm_open(summary: PatientSummary, policy: CarePolicy) -> Cause | None:
    """Return a cause from the day of a score whose self-harm answer is open, until it is answered."""
    open_since = summary.course.self_harm_open
    days = {
        each: policy.local_date(open_since[each.name])
        for each in policy.about_self_harm
        if each.name in open_since
    }
    if not days:
        return None
    facts: list[Fact] = []
    for measure, day in days.items():
        course = summary.course.scores.get(measure.name)
        score = f" {course.latest:g}" if course else ""
        facts += [f"{measure.name}{score} of ", day, f", answer to item {measure.self_harm_item} not known; "]
    facts[-1] = str(facts[-1]).removesuffix("; ")
    return Cause(min(days.values()), tuple(facts))
