"""A recommendation and its answers in a line each, as the card, the review and messages show them."""

from collections.abc import Mapping
from datetime import UTC, datetime

from cocm_bot.domain.due.cause import ago
from cocm_bot.domain.recommendations.recommendations import still_open
from cocm_bot.domain.records.agreements import Answer, Recommendation, RecommendationAnswer
from cocm_bot.domain.records.patient import Patient
from cocm_bot.domain.settings.policy import CarePolicy
from cocm_bot.slack.kit import clip, escape
from cocm_bot.slack.shared_views.lines.formatting import day_of, who

ON_CARD = 300
MARKS = {Answer.ACCEPTED: "👍", Answer.DECLINED: "✋", Answer.DONE: "✅"}


def recommendation_lines(
    patient: Patient, names: Mapping[str, str], policy: CarePolicy, now: datetime
) -> list[str]:
    """For the card: the latest one and what became of it, then the others still open, newest first."""
    if not patient.recommendations:
        return []
    latest = patient.recommendations[-1]
    older = [each for each in still_open(patient) if each is not latest]
    return [_line(each, names, policy, now) for each in (latest, *reversed(older))]


def recommended(given: Recommendation, longest: int) -> str:
    """Return the kinds of the recommendation and its text, clipped."""
    kinds = f"*{', '.join(given.kinds)}*"
    words = clip(" ".join(given.text.split()), longest)
    return f"{kinds}: {escape(words)}" if words else kinds


def answered(answer: RecommendationAnswer, names: Mapping[str, str], policy: CarePolicy) -> str:
    """Return an answer with who gave it, when and why."""
    at = datetime.fromtimestamp(answer.at, UTC).astimezone(policy.zone)
    why = f": {escape(answer.reason)}" if answer.reason else ""
    by = f"by {who(answer.user_id, names)}, {day_of(answer.at, policy)} {at:%H:%M}"
    return f"{MARKS[answer.answer]} *{answer.answer}* {by}{why}"


def _line(given: Recommendation, names: Mapping[str, str], policy: CarePolicy, now: datetime) -> str:
    when = f"{day_of(given.at, policy)} by {who(given.by, names)}"
    if given.latest is None and given.informs:
        became = "ℹ️ For information: no answer asked for"
    elif given.latest is None:
        today = policy.local_date(now.timestamp())
        became = f"⏳ *Not answered*, given {ago(policy.local_date(given.at), today)}"
    else:
        became = answered(given.latest, names, policy)
    return f"{recommended(given, ON_CARD)} ({when})\n{became}"
