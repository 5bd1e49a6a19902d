"""The caseload review, one patient at a time. Modals only: it shows names."""

from collections.abc import Sequence
from datetime import date, datetime

from cocm_bot.domain.access import Actor
from cocm_bot.domain.due.cause import ago
from cocm_bot.domain.fields import age
from cocm_bot.domain.patient import Patient
from cocm_bot.domain.people import full_name
from cocm_bot.domain.review.agenda import Decision, Review
from cocm_bot.domain.safety.flags import open_flags
from cocm_bot.domain.settings.policy import CarePolicy
from cocm_bot.operations.patients.card import Card
from cocm_bot.operations.review.review import Outcome, Rested, Step
from cocm_bot.slack.kit import (
    Block,
    Element,
    Payload,
    actions,
    button,
    clip,
    confirm,
    context,
    escape,
    fit_view,
    header,
    modal,
    section,
)
from cocm_bot.slack.shared_views.care_lines import clinician_line, treated_lines
from cocm_bot.slack.shared_views.formatting import day_of, reading, responder, score
from cocm_bot.slack.shared_views.gaps import all_clear, gap_lines
from cocm_bot.slack.shared_views.patient_lines import flag_line
from cocm_bot.slack.shared_views.recommendation_lines import recommendation_lines

TITLE = "Caseload review"
CALLBACK = "review"
NEXT = "review-next"
SKIP = "review-skip"
RECORD = "review-record"
OPEN = "review-open"
LISTED = 20
"""Names in one block."""
NAME_SHOWN = 60
RESUME = "review-resume"
START_OVER = "review-start-over"

NOBODY = (
    "Nobody is on the agenda today: no safety risk, nobody who is not improving, flagged, new or long "
    "unseen by the psychiatrist."
)


def step_view(actor: Actor, step: Step, now: datetime) -> Payload:
    """The patient whose turn it is, the summary at the end, or that there is nobody to review."""
    if not step.review.handles:
        return modal(TITLE, [section(all_clear(NOBODY, step.gaps)), *gap_lines(step.gaps)], CALLBACK)
    if step.card is None:
        return _summary(step)
    return modal(TITLE, _patient(actor, step, step.card, now), CALLBACK)


def rested_view(rested: Rested, policy: CarePolicy, now: datetime) -> Payload:
    """Return whether to go on with an earlier session."""
    review = rested.review
    when = ago(policy.local_date(review.touched), policy.local_date(now.timestamp()))
    total = len(review.handles)
    return modal(
        TITLE,
        [
            section(
                f"You stopped at patient {review.position + 1} of {total}, {when}. "
                "Continue there, or make a new agenda?"
            ),
            actions(
                button("Continue", RESUME, review.id, style="primary"),
                button("Start over", START_OVER, review.id),
            ),
        ],
        CALLBACK,
    )


def _patient(actor: Actor, step: Step, card: Card, now: datetime) -> list[Block]:
    patient, policy = card.patient, actor.registry.policy
    flags = [flag_line(flag, card.names, policy) for flag in open_flags(patient)]
    consult = recommendation_lines(patient, card.names, policy, now)
    treated = treated_lines(patient)
    return [
        context(f"{step.review.position + 1} of {len(step.review.handles)}"),
        *_passed(step),
        header(full_name(patient)),
        context(_identity(patient, policy.local_date(now.timestamp())), clinician_line(patient, card.names)),
        *_recorded(step.review, patient),
        *_why(step),
        *([section("\n".join(treated))] if treated else []),
        section(_scores(patient, policy)),
        *([section("\n".join(flags))] if flags else []),
        section(f"*Last consult* {day_of(patient.last_psychiatric_consult, policy)}"),
        *([section("\n".join(consult))] if consult else []),
        context(
            f"{patient.minutes_this_month or 0} minutes this month · "
            f"last contact {day_of(patient.course.last_contact, policy)}"
        ),
        actions(*_buttons(step.review, patient)),
    ]


def _passed(step: Step) -> list[Block]:
    if not step.passed:
        return []
    left = "has" if len(step.passed) == 1 else "have"
    return [context(f"{', '.join(step.passed)} {left} left the program since, and is passed over.")]


def _identity(patient: Patient, today: date) -> str:
    years = f"{age(patient.born, today)} years" if patient.born else "birth date not known"
    return f"*{patient.handle}* · {years} · {responder(patient, patient.weeks_since_initial_assessment)}"


def _recorded(review: Review, patient: Patient) -> list[Block]:
    recorded = review.decisions.get(patient.handle) is Decision.RECORDED
    return [section("✅ Consultation recorded.")] if recorded else []


def _why(step: Step) -> list[Block]:
    """Return why the patient is on the agenda; nothing if the consultation just recorded settled it."""
    if step.point is not None:
        return [section(f"*{step.point.topic}* – {escape(step.point.why)}")]
    if step.card and step.review.decisions.get(step.card.patient.handle) is Decision.RECORDED:
        return []
    return [section("Already handled since this agenda was made.")]


def _scores(patient: Patient, policy: CarePolicy) -> str:
    scores = patient.course.scores
    lines = [
        f"*{escape(measure.name)}*  {score(scores[measure.name])}  {reading(scores[measure.name], measure)}"
        for measure in policy.measures
        if measure.name in scores
    ]
    return "\n".join(lines) or "No scores yet."


def _buttons(review: Review, patient: Patient) -> list[Element]:
    place = f"{review.id} {review.position}"
    recorded = review.decisions.get(patient.handle) is Decision.RECORDED
    buttons = [
        button("Record consultation", RECORD, f"{patient.handle} {review.id}"),
        button("Next", NEXT, place),
        button("Skip", SKIP, place),
        button("Open card", OPEN, patient.handle),
    ]
    buttons[1 if recorded else 0]["style"] = "primary"
    again = confirm("Start over?", "A new agenda starts from the patients as they are now.", "Start over")
    return [*buttons, button("Start over", START_OVER, review.id, confirm=again)]


def _summary(step: Step) -> Payload:
    groups = [(each, [one for one in step.outcomes if one.decision is each]) for each in Decision]
    counted = " · ".join(f"{len(found)} {each.lower()}" for each, found in groups if found)
    total = len(step.outcomes)
    rows = [row for each, found in groups if found for row in _group(each, found)]
    patients = "1 patient" if total == 1 else f"{total} patients"
    head = [header("Review finished"), *_passed(step), section(f"*{patients}:* {counted}")]
    foot = [*gap_lines(step.gaps), actions(button("Start a new review", START_OVER, step.review.id))]
    return modal(TITLE, fit_view(rows, head=head, foot=foot), CALLBACK)


def _group(decision: Decision, outcomes: Sequence[Outcome]) -> list[Block]:
    lines = [_outcome(each) for each in outcomes]
    parts = [lines[start : start + LISTED] for start in range(0, len(lines), LISTED)]
    return [section("\n".join([f"*{decision}*", *part])) for part in parts]


def _outcome(outcome: Outcome) -> str:
    recommended = f": {', '.join(outcome.recommended)}" if outcome.recommended else ""
    return f"• {escape(clip(outcome.name, NAME_SHOWN))} · {outcome.handle}{recommended}"
