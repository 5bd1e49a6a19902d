"""The caseload review, one patient at a time. Modals only: it shows names."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from types import MappingProxyType

from cocm_bot.domain.access import Actor
from cocm_bot.domain.due.cause import ago
from cocm_bot.domain.members import Registry
from cocm_bot.domain.people import full_name
from cocm_bot.domain.records.patient import Patient
from cocm_bot.domain.review.agenda import Decision, Review
from cocm_bot.domain.safety.flags import open_flags
from cocm_bot.domain.settings.policy import CarePolicy
from cocm_bot.domain.vocabulary import Flag
from cocm_bot.operations.patients.card import Card
from cocm_bot.operations.review.review import Outcome, Rested, Step
from cocm_bot.slack.kit import (
    Block,
    Element,
    Payload,
    actions,
    alert,
    button,
    confirm,
    context,
    escape,
    fit_view,
    header,
    message,
    modal,
    section,
)
from cocm_bot.slack.shared_views.gaps import all_clear, gap_lines
from cocm_bot.slack.shared_views.identity import heading, outcome_of, years
from cocm_bot.slack.shared_views.item_table import item_tables
from cocm_bot.slack.shared_views.lines.care_lines import clinician_line, treated_lines
from cocm_bot.slack.shared_views.lines.contact_lines import latest_notes
from cocm_bot.slack.shared_views.lines.formatting import day_of, reading, responder, score
from cocm_bot.slack.shared_views.lines.patient_lines import flag_line
from cocm_bot.slack.shared_views.lines.recommendation_lines import recommendation_lines

TITLE = "Caseload review"
CALLBACK = "review"
NEXT = "review-next"
SKIP = "review-skip"
RECORD = "review-record"
OPEN = "review-open"
BACK = "review-back"
PRINT = "review-print"
POST = "review-post"
NOTES = 3
"""Latest notes shown of a patient."""
LISTED = 20
"""Names in one block."""
NAME_SHOWN = 60
RESUME = "review-resume"
START_OVER = "review-start-over"

NOBODY = (
    "Nobody is on the agenda today: no safety risk, nobody who is not improving, flagged, new or long "
    "unseen by the psychiatrist."
)


def step_view(actor: Actor, step: Step, now: datetime, picture: Block | None = None) -> Payload:
    """The patient whose turn it is, the summary at the end, or that there is nobody to review.

    The `picture` of the trend is below the numbers.
    """
    if not step.review.handles:
        return modal(TITLE, [section(all_clear(NOBODY, step.gaps)), *gap_lines(step.gaps)], CALLBACK)
    if step.card is None:
        return summary_view(actor, step)
    return modal(TITLE, _patient(actor, step, step.card, now, picture), CALLBACK)


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


def _patient(actor: Actor, step: Step, card: Card, now: datetime, picture: Block | None) -> list[Block]:
    patient, policy = card.patient, actor.registry.policy
    flags = open_flags(patient)
    risks = [flag_line(each, card.names, policy) for each in flags if each.flag_type is Flag.SAFETY_RISK]
    others = [flag_line(each, card.names, policy) for each in flags if each.flag_type is not Flag.SAFETY_RISK]
    notes = latest_notes(patient, policy, NOTES)
    consult = recommendation_lines(patient, card.names, policy, now)
    treated = treated_lines(patient)
    return [
        context(f"{step.review.position + 1} of {len(step.review.handles)}"),
        *_passed(step),
        header(heading(patient, actor.registry)),
        context(
            _identity(patient, actor.registry, policy.local_date(now.timestamp())),
            clinician_line(patient, card.names),
        ),
        *_recorded(step.review, patient),
        *([alert("\n".join(risks))] if risks else []),
        *_why(step),
        actions(*_buttons(step.review, patient)),
        *([section("\n".join(others))] if others else []),
        *([section("\n".join(treated))] if treated else []),
        section(_scores(patient, policy)),
        *([picture] if picture else []),
        *item_tables(patient, policy),
        *([section("\n".join(["*Latest notes*", *notes]))] if notes else []),
        section(f"*Last consult* {day_of(patient.last_psychiatric_consult, policy)}"),
        *([section("\n".join(consult))] if consult else []),
        context(
            f"{_counted(patient.minutes_this_month or 0, 'minute')} this month · "
            f"last contact {day_of(patient.course.last_contact, policy)}"
        ),
    ]


def _passed(step: Step) -> list[Block]:
    if not step.passed:
        return []
    left, are = ("has", "is") if len(step.passed) == 1 else ("have", "are")
    return [context(f"{', '.join(step.passed)} {left} left the program since, and {are} passed over.")]


def _identity(patient: Patient, registry: Registry, today: date) -> str:
    told = responder(patient, patient.weeks_since_initial_assessment)
    return f"*{patient.handle}* · {years(patient, registry, today)} · {told}"


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
    if review.position:
        buttons.append(button("Back", BACK, place))
    again = confirm("Start over?", "A new agenda starts from the patients as they are now.", "Start over")
    return [*buttons, button("Start over", START_OVER, review.id, confirm=again)]


def summary_view(actor: Actor, step: Step, note: str = "") -> Payload:
    """The end of a session: the counts, each patient's outcome, and what can be done with the summary.

    `note` says what just happened to it.
    """
    review = step.review
    rows = [row for each, found in _groups(step) for row in _group(each, found, actor.registry)]
    told = [section(note)] if note else []
    head = [header("Review finished"), *told, *_passed(step), section(_in_numbers(step))]
    buttons = [button("Show as text", PRINT, review.id)]
    if actor.registry.team_channel and not review.posted:
        once = confirm("Post the counts?", "The team channel sees numbers, and no patient.", "Post")
        buttons.append(button("Post the counts", POST, review.id, confirm=once))
    buttons.append(button("Start a new review", START_OVER, review.id))
    return modal(TITLE, fit_view(rows, head=head, foot=[*gap_lines(step.gaps), actions(*buttons)]), CALLBACK)


def text_view(actor: Actor, step: Step, day: str) -> Payload:
    """The summary as text to print, or to paste into a record."""
    head = section(f"*Caseload review, {day}*\n{escape(full_name(actor))}\n{_in_numbers(step)}")
    rows = [row for each, found in _groups(step) for row in _group(each, found, actor.registry)]
    return modal("Review as text", fit_view(rows, head=[head]), "review-text")


def posted_message(step: Step, by: str, day: str) -> Payload:
    """The counts of a session, for the team's channel: no patient is in them."""
    lines = [f"*Caseload review of {day}* by {escape(by)}", _in_numbers(step)]
    kinds = Counter(kind for each in step.outcomes for kind in each.recommended)
    if kinds:
        lines.append("Recommended: " + " · ".join(f"{kind.lower()} {count}" for kind, count in kinds.items()))
    return message("The caseload review in numbers", [section("\n".join(lines))])


def _groups(step: Step) -> list[tuple[Decision, list[Outcome]]]:
    groups = [(each, [one for one in step.outcomes if one.decision is each]) for each in Decision]
    return [(each, found) for each, found in groups if found]


def _in_numbers(step: Step) -> str:
    """Return how many patients there were, and how many of each outcome."""
    counts = ((each, len(found)) for each, found in _groups(step))
    told = " · ".join(f"{count} {_OUTCOMES[each][count != 1]}" for each, count in counts)
    return f"*{_counted(len(step.outcomes), 'patient')}:* {told}"


_OUTCOMES: Mapping[Decision, tuple[str, str]] = MappingProxyType(
    {
        Decision.RECORDED: ("consultation recorded", "consultations recorded"),
        Decision.DISCUSSED: ("discussed", "discussed"),
        Decision.SKIPPED: ("skipped", "skipped"),
        Decision.LEFT: ("left the program in the meantime", "left the program in the meantime"),
    }
)
"""The words for one patient, and for several."""


def _counted(number: int, what: str) -> str:
    return f"{number} {what}" if number == 1 else f"{number} {what}s"


def _group(decision: Decision, outcomes: Sequence[Outcome], registry: Registry) -> list[Block]:
    lines = [_outcome(each, registry) for each in outcomes]
    parts = [lines[start : start + LISTED] for start in range(0, len(lines), LISTED)]
    return [section("\n".join([f"*{decision}*", *part])) for part in parts]


def _outcome(outcome: Outcome, registry: Registry) -> str:
    recommended = f": {', '.join(outcome.recommended)}" if outcome.recommended else ""
    who = outcome_of(outcome.entry, registry) if outcome.entry else outcome.handle
    return f"• {escape(who)}{recommended}"
