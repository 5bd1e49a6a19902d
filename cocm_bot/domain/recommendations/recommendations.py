"""Recommendations: who may be asked, what an answer changes, and how long one is kept with the patient."""

from collections.abc import Iterable, Mapping
from hashlib import sha256

from cocm_bot.domain.errors import InvalidInput, NotFound
from cocm_bot.domain.records.agreements import Answer, Recommendation, RecommendationAnswer
from cocm_bot.domain.records.patient import TAIL, Patient
from cocm_bot.domain.vocabulary import Status

_DID = {
    Answer.ACCEPTED: "accepted this",
    Answer.DECLINED: "declined this",
    Answer.DONE: "marked this as done",
}
INFORMS = "This is for your information: no answer is needed."
LEFT = "The patient has since left the program: no answer is needed."


def still_open(patient: Patient) -> tuple[Recommendation, ...]:
    """The recommendations somebody has yet to answer or to carry out, oldest first.

    Those of an earlier stay in the program ended with it.
    """
    if patient.status is Status.DEACTIVATED:
        return ()
    since = patient.episodes[-1].started if len(patient.episodes) > 1 else 0
    return tuple(each for each in patient.recommendations if not each.closed and each.at >= since)


def recommendation_of(patient: Patient, recommendation_id: str) -> Recommendation:
    """One of the patient's recommendations; raises NotFound once it is closed long since, or withdrawn."""
    for each in patient.recommendations:
        if each.id == recommendation_id:
            return each
    raise NotFound("This recommendation is closed: the patient's history shows why.")


def meanwhile(asked: Recommendation, names: Mapping[str, str]) -> str:
    """Return why an answer to a changed recommendation can't be saved; `names` are members' by user id."""
    if asked.latest is None and asked.informs:
        return INFORMS
    if asked.latest is None:
        return "This was reworded meanwhile: please read it again. Your answer is not saved."
    by = names.get(asked.latest.user_id, "A former member")
    return f"{by} {_DID[asked.latest.answer]} meanwhile. Your answer is not saved."


def state_of(recommendation: Recommendation) -> str:
    """A short token of what is recommended and was answered so far: another one as soon as either changes."""
    told = recommendation.model_dump_json(include={"kinds", "text", "answers"})
    return sha256(told.encode()).hexdigest()[:16]


def possible(recommendation: Recommendation) -> tuple[Answer, ...]:
    """The answers that can follow what was answered so far."""
    latest = recommendation.latest
    if latest is None and recommendation.informs:
        return ()
    if latest is None:
        return (Answer.ACCEPTED, Answer.DECLINED, Answer.DONE)
    return (Answer.DECLINED, Answer.DONE) if latest.answer is Answer.ACCEPTED else ()


def with_answer(
    patient: Patient, recommendation_id: str, answer: RecommendationAnswer
) -> tuple[Recommendation, ...]:
    """All recommendations once one is answered; raises NotFound or InvalidInput."""
    asked = recommendation_of(patient, recommendation_id)
    if asked.informs and not asked.answers:
        raise InvalidInput(INFORMS)
    if answer.answer not in possible(asked):
        raise InvalidInput("This recommendation was answered so already.")
    if asked not in still_open(patient):
        raise InvalidInput(LEFT)
    if answer.answer is Answer.DECLINED and not answer.reason:
        raise InvalidInput("Say why, in a few words: whoever recommended it will want to know.", "reason")
    answered = asked.model_copy(update={"answers": (*asked.answers, answer)})
    return kept(answered if each is asked else each for each in patient.recommendations)


def kept(recommendations: Iterable[Recommendation]) -> tuple[Recommendation, ...]:
    """Those that stay on the patient: all that are open, and the latest closed ones; oldest first."""
    given = sorted(recommendations, key=lambda each: each.at)
    closed = [each.id for each in given if each.closed][-TAIL:]
    return tuple(each for each in given if not each.closed or each.id in closed)
