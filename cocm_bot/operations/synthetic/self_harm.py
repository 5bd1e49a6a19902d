"""Invent the patients' answers to the self-harm items of their measures."""

from collections.abc import Sequence

from cocm_bot.domain.measures.scoring import item_unknown
from cocm_bot.domain.records.history import TreatmentLog
from cocm_bot.domain.safety.self_harm import score_of
from cocm_bot.domain.settings.policy import CarePolicy
from cocm_bot.domain.vocabulary import Flag
from cocm_bot.operations.synthetic.stories import Story

DONE = "Asked about intent and means; the safety plan was gone through together."


def with_answers(logs: Sequence[TreatmentLog], story: Story, policy: CarePolicy) -> list[TreatmentLog]:
    """Return the contacts with an answer to the self-harm item of each score.

    It is 0, or as little as the total allows; 1 at the last score of a patient at risk; and missing there
    where the story says so.
    """
    last = next((log.id for log in reversed(logs) if log.scores), None)
    return [_answered(log, policy, story, latest=log.id == last) for log in logs]


def _answered(log: TreatmentLog, policy: CarePolicy, story: Story, *, latest: bool) -> TreatmentLog:
    given: dict[str, int] = {}
    at_risk = latest and story.flag is Flag.SAFETY_RISK
    for measure in policy.measures:
        score = score_of(log, measure)
        if measure.self_harm_item is None or score is None:
            continue
        if latest and story.item_unknown and item_unknown(measure, score, None):
            continue
        least = max(0, int(score) - measure.most_without_self_harm)
        given[measure.name] = max(least, int(at_risk and score > 0))
    done = DONE if any(given.values()) else ""
    return log.model_copy(update={"self_harm": given, "safety_action": done})
