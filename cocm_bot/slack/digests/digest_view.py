"""The digests of clinicians, as messages. Their `text` says what they are, and nothing of what is in them."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import partial
from itertools import groupby
from types import MappingProxyType

from cocm_bot.domain.access import Actor
from cocm_bot.domain.billing.claims import Requirement
from cocm_bot.domain.records.patient import PatientSummary
from cocm_bot.domain.review.agenda import Point
from cocm_bot.operations.digests.clinical_digests import (
    MOST_UNREADY,
    AnswersDigest,
    CaseloadDigest,
    ReviewDigest,
)
from cocm_bot.operations.digests.digests import Digest
from cocm_bot.operations.digests.overview import Awaited
from cocm_bot.operations.digests.program_digests import BillingDigest, FiguresDigest
from cocm_bot.slack.billing.billing_message_view import summary_message
from cocm_bot.slack.digests.program_digest_view import figures_message
from cocm_bot.slack.kit import (
    Block,
    Payload,
    actions,
    and_more,
    button,
    clip,
    context,
    divider,
    escape,
    header,
    message,
    overflow,
    section,
)
from cocm_bot.slack.shared_views.card_actions import CONSENT, EDIT, LOG_CONTACT, RAISE_FLAG
from cocm_bot.slack.shared_views.command_names import CommandName
from cocm_bot.slack.shared_views.gaps import all_clear, gap_lines
from cocm_bot.slack.shared_views.identity import told_apart
from cocm_bot.slack.shared_views.lines.formatting import day_of
from cocm_bot.slack.shared_views.list_lines import registry_line
from cocm_bot.slack.shared_views.patient_lists import own_line, snoozed_line
from cocm_bot.slack.shared_views.work_rows import (
    PATIENT_MENU,
    WORK_LIST,
    count_buttons,
    more_menu,
    open_button,
    patients_needing,
    reasons_in_messages,
    work_groups,
)

WORKLIST = "digest-worklist"
ASKED = "digest"
TOLD = "told"
"""The names of a digest in its rows' menus: one that was asked for, or sent unasked."""
TEXT_SHOWN = 200
MENDING: Mapping[Requirement, tuple[str, str]] = MappingProxyType(
    {
        Requirement.CONSENT: ("Record consent", CONSENT),
        Requirement.ASSESSMENT: ("Log a contact", LOG_CONTACT),
        Requirement.MEASURE: ("Log a contact", LOG_CONTACT),
        Requirement.REVIEW: ("Flag for review", RAISE_FLAG),
        Requirement.CLINICIAN: ("Edit details", EDIT),
        Requirement.DIAGNOSIS: ("Edit details", EDIT),
        Requirement.MINUTES: ("Log a contact", LOG_CONTACT),
    }
)
"""The button that does what a claim misses: its label and its action."""

ALL_DONE = "Nothing is due for your patients today. Have a good day."
NOT_URGENT = "Nobody is at risk or flagged for you. The agenda comes on the day of the review."
NOBODY = "Nobody is on the agenda of today's review."
NO_ANSWERS = "No recommendation waits for your answer."


def digest_message(
    actor: Actor, digest: Digest, *, asked: bool = False, illustration: Sequence[Block] = ()
) -> Payload:
    """Return a member's digest; `asked` is one they asked for just now, to be redrawn as a whole."""
    match digest:
        case CaseloadDigest():
            return caseload_message(actor, digest, ASKED if asked else digest_name(digest.at))
        case ReviewDigest():
            return review_message(actor, digest, ASKED if asked else digest_name(digest.at))
        case AnswersDigest():
            return answers_message(actor, digest, ASKED if asked else digest_name(digest.at))
        case FiguresDigest():
            return figures_message(actor, digest, illustration)
        case BillingDigest():
            return summary_message(actor.registry, digest.month, digest.names)


def digest_name(at: float) -> str:
    """The name, in the menus of its rows, of a digest drawn at an instant (seconds UTC)."""
    return f"{TOLD} {at:.0f}"


def caseload_message(actor: Actor, digest: CaseloadDigest, behind: str) -> Payload:
    """A care manager's day: in numbers, then the first patients of each kind of work."""
    page = digest.page
    name, reasons = partial(_name, actor), reasons_in_messages(actor)
    groups = work_groups(actor, page, name, behind, whole=False, reasons=reasons)
    return message(
        "Your caseload for today",
        [
            header("Your caseload today"),
            section(patients_needing(page) if page.matched else all_clear(ALL_DONE, page.gaps)),
            *count_buttons(page, WORK_LIST, lambda work: f"today {work}"),
            *own_line(page),
            *(block for group in groups for block in group),
            *more_menu(actor, (row.summary for row in page.rows), name, behind),
            *snoozed_line(page),
            *_near(actor, digest),
            *_unready(actor, digest),
            *gap_lines(page.gaps),
            registry_line(actor),
        ],
    )


def review_message(actor: Actor, digest: ReviewDigest, behind: str) -> Payload:
    """The psychiatrist's list: the agenda with the way to go through it, or what can't wait."""
    matched = sum(digest.counts.values())
    left = matched - len(digest.points)
    counted = " · ".join(f"{topic}: {count}" for topic, count in digest.counts.items())
    nobody = NOBODY if digest.meets else NOT_URGENT
    people = "1 patient" if matched == 1 else f"{matched} patients"
    start = button("Start the review", CommandName.REVIEW.action_id, style="primary")
    return message(
        "Your review list for today",
        [
            header("Today's review" if digest.meets else "What can't wait for the review"),
            section(f"*{people}* · {counted}" if matched else all_clear(nobody, digest.gaps)),
            *([actions(start)] if matched and digest.meets else []),
            *_by_topic(actor, digest.points, behind),
            *more_menu(actor, (each.summary for each in digest.points), partial(_name, actor), behind),
            *([context(f"{and_more(left)}: the review goes through all of them.")] if left else []),
            *gap_lines(digest.gaps),
            registry_line(actor),
        ],
    )


def answers_message(actor: Actor, digest: AnswersDigest, behind: str) -> Payload:
    """The recommendations that wait for a PCP."""
    left = digest.matched - len(digest.awaited)
    wait = "1 recommendation waits" if digest.matched == 1 else f"{digest.matched} recommendations wait"
    return message(
        "Recommendations that wait for your answer",
        [
            header("Waiting for your answer"),
            section(f"*{wait}* for you." if digest.matched else all_clear(NO_ANSWERS, digest.gaps)),
            *(_awaited(actor, each, behind) for each in digest.awaited),
            *more_menu(
                actor, (each.patient for each in digest.awaited), partial(_name, actor), behind, asked=True
            ),
            *([context(f"{and_more(left)}. `/cocm today` shows everyone.")] if left else []),
            *gap_lines(digest.gaps),
            registry_line(actor),
        ],
    )


def struck(payload: Payload, done: Mapping[str, str]) -> Payload:
    """The message with the rows of these patients struck through, and what happened beside each.

    Their menus are left with what opens the card.
    """
    return {**payload, "blocks": [_struck(block, done) for block in payload["blocks"]]}


def _struck(block: Block, done: Mapping[str, str]) -> Block:
    try:
        opening = block.get("accessory", {})
        if opening.get("action_id") != PATIENT_MENU:
            return block
        # A digest of before the rows had a button has a menu, of which the first entry opens the card.
        value = str(opening.get("value") or opening["options"][0]["value"])
        happened = done.get(value.split()[1])
        shown = block["text"]["text"].partition("\n")[0].replace("*", "")
        menu = opening if "value" in opening else overflow(PATIENT_MENU, [opening["options"][0]])
    except (AttributeError, IndexError, KeyError, TypeError):
        return block  # no row of the bot's: somebody wrote over what was kept
    if happened is None:
        return block
    return section(f"~{shown}~\n_{escape(happened)}_", accessory=menu)


def _name(actor: Actor, patient: PatientSummary) -> str:
    return told_apart(patient, actor.registry)


def _near(actor: Actor, digest: CaseloadDigest) -> list[Block]:
    if not digest.near:
        return []
    days = "1 working day" if digest.days_left == 1 else f"{digest.days_left} working days"
    lines = "\n".join(
        f"• {escape(_name(actor, each.summary))}: {each.minutes} min, {each.missing} more reach {each.code}"
        for each in digest.near
    )
    return [divider(), section(f"*Near the next billing code*, {days} left this month\n{lines}")]


def _unready(actor: Actor, digest: CaseloadDigest) -> list[Block]:
    """Return the patients whose claim misses one thing, each with the button that does it."""
    if not digest.unready:
        return []
    number, shown = len(digest.unready), digest.unready[:MOST_UNREADY]
    who = "1 patient misses" if number == 1 else f"{number} patients miss"
    days = "1 working day" if digest.days_left == 1 else f"{digest.days_left} working days"
    rows = [
        section(
            f"*{escape(_name(actor, each.summary))}*: {each.line.requirement}"
            f"{f' ({each.line.why})' if each.line.why else ''} · {each.claim.codes}",
            accessory=button(*MENDING[each.line.requirement], each.summary.handle),
        )
        for each in shown
    ]
    left = [context(and_more(number - len(shown)))] if number > len(shown) else []
    head = f"*{who} one thing for this month's code*, {days} left this month"
    return [divider(), section(head), *rows, *left]


def _by_topic(actor: Actor, points: Iterable[Point], behind: str) -> Iterator[Block]:
    for topic, found in groupby(points, key=lambda each: each.topic):
        yield context(f"*{topic}*")
        for each in found:
            text = f"*{escape(_name(actor, each.summary))}*  {each.summary.status}\n{escape(each.why)}"
            yield section(text, accessory=open_button(each.summary.handle, behind))


def _awaited(actor: Actor, each: Awaited, behind: str) -> Block:
    asked = each.recommendation
    text = escape(clip(" ".join(asked.text.split()), TEXT_SHOWN))
    return section(
        f"*{escape(_name(actor, each.patient))}*\n{', '.join(asked.kinds)}{': ' if text else ''}{text}\n"
        f"Recommended {day_of(asked.at, actor.registry.policy)}",
        accessory=open_button(each.patient.handle, behind),
    )
