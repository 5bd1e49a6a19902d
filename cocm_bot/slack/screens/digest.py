"""The digests of clinicians, as messages. Their `text` says what they are, and nothing of what is in them."""

from collections.abc import Iterable, Sequence
from itertools import groupby

from cocm_bot.operations.caseload import Page, Row
from cocm_bot.operations.clinical_digests import AnswersDigest, CaseloadDigest, ReviewDigest
from cocm_bot.operations.digests import Digest
from cocm_bot.operations.overview import Awaited
from cocm_bot.operations.program_digests import FiguresDigest
from cocm_bot.registry.access import Action, Actor, may
from cocm_bot.registry.due import Reason
from cocm_bot.registry.patient import PatientSummary
from cocm_bot.registry.policy import CarePolicy
from cocm_bot.registry.review import Point
from cocm_bot.registry.vocabulary import Flag
from cocm_bot.slack.kit import (
    Block,
    Element,
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
    option,
    overflow,
    section,
)
from cocm_bot.slack.screens.help import registry_line
from cocm_bot.slack.screens.lists import in_numbers, own_line, row_text, unreadable
from cocm_bot.slack.screens.program_digest import figures_message
from cocm_bot.slack.screens.words import day_of, discreet

MENU = "digest-menu"
WORKLIST = "digest-worklist"
START_REVIEW = "command:review"
TEXT_SHOWN = 200

ALL_DONE = "Nothing is due today: everyone of yours has been seen to. Have a good day."
NOT_URGENT = "Nobody is at risk or flagged for you. The agenda comes on the day of the review."
NOBODY = "Nobody is on the agenda of today's review."
NO_ANSWERS = "No recommendation waits for your answer."


def digest_message(actor: Actor, digest: Digest) -> Payload:
    """What a member is told."""
    match digest:
        case CaseloadDigest():
            return caseload_message(actor, digest)
        case ReviewDigest():
            return review_message(actor, digest)
        case AnswersDigest():
            return answers_message(actor, digest)
        case FiguresDigest():
            return figures_message(actor, digest)


def caseload_message(actor: Actor, digest: CaseloadDigest) -> Payload:
    """A care manager's day: in numbers, then by reason."""
    page = digest.page
    rows = [
        block for heading, rows in _by_heading(page.rows) for block in _group(actor, heading, rows, digest)
    ]
    return message(
        "Your caseload for today",
        [
            header("Your caseload today"),
            section(in_numbers(page) if page.matched else ALL_DONE),
            *own_line(page, "today"),
            *rows,
            *_more(page),
            *_near(digest),
            *unreadable(page),
            registry_line(actor),
        ],
    )


def review_message(actor: Actor, digest: ReviewDigest) -> Payload:
    """The psychiatrist's list: the agenda with the way to go through it, or what can't wait."""
    matched = sum(digest.counts.values())
    counted = " · ".join(f"{count} {topic.lower()}" for topic, count in digest.counts.items())
    people = "1 patient" if matched == 1 else f"{matched} patients"
    rows = [
        block
        for topic, points in groupby(digest.points, key=lambda each: each.topic)
        for block in [context(f"*{topic}*"), *(_point(actor, each, digest.at) for each in points)]
    ]
    start = button("Start the review", START_REVIEW, style="primary")
    left = matched - len(digest.points)
    return message(
        "Your review list for today",
        [
            header("Today's review" if digest.meets else "What can't wait for the review"),
            section(f"*{people}:* {counted}" if matched else NOBODY if digest.meets else NOT_URGENT),
            *([actions(start)] if matched and digest.meets else []),
            *rows,
            *([context(f"{and_more(left)}: the review goes through all of them.")] if left else []),
            registry_line(actor),
        ],
    )


def answers_message(actor: Actor, digest: AnswersDigest) -> Payload:
    """The recommendations that wait for a PCP."""
    policy, left = actor.registry.policy, digest.matched - len(digest.awaited)
    wait = "1 recommendation waits" if digest.matched == 1 else f"{digest.matched} recommendations wait"
    return message(
        "Recommendations that wait for your answer",
        [
            header("Waiting for your answer"),
            section(f"*{wait}* for you." if digest.matched else NO_ANSWERS),
            *(_awaited(actor, each, policy, digest.at) for each in digest.awaited),
            *([context(f"{and_more(left)}. `/cocm today` shows everyone.")] if left else []),
            registry_line(actor),
        ],
    )


def _heading(reason: Reason) -> str:
    """The reasons for a consult stand together."""
    return reason.partition(":")[0]


def _by_heading(rows: Iterable[Row]) -> list[tuple[str, list[Row]]]:
    return [(head, list(found)) for head, found in groupby(rows, key=lambda row: _heading(row.due[0].reason))]


def _group(actor: Actor, heading: str, rows: Sequence[Row], digest: CaseloadDigest) -> list[Block]:
    return [
        context(f"*{heading}*"),
        *(
            section(row_text(row, discreet(row.summary)), accessory=row_menu(actor, row.summary, digest.at))
            for row in rows
        ),
    ]


def row_menu(actor: Actor, summary: PatientSummary, at: float) -> Element:
    """What can be done about a row; the values remember when it was drawn, to tell what happened since."""
    entries = [option("Open the card", f"open {summary.handle} {at:.0f}")]
    if may(actor.role, Action.LOG_CONTACT):
        entries.append(option("Log a contact", f"log {summary.handle} {at:.0f}"))
    if may(actor.role, Action.SNOOZE) and summary.patient_flag is not Flag.SAFETY_RISK:
        entries.append(option("Snooze…", f"snooze {summary.handle} {at:.0f}"))
    return overflow(MENU, entries)


def _more(page: Page) -> list[Block]:
    left = page.matched - len(page.rows)
    snoozed = [context(f"{page.snoozed} snoozed. `/cocm today snoozed` shows them.")] if page.snoozed else []
    if not left:
        return snoozed
    return [actions(button(f"{and_more(left)}: open the worklist", WORKLIST)), *snoozed]


def _near(digest: CaseloadDigest) -> list[Block]:
    if not digest.near:
        return []
    days = "1 working day" if digest.days_left == 1 else f"{digest.days_left} working days"
    lines = "\n".join(
        f"• {escape(discreet(each.summary))}: {each.minutes} min, {each.missing} more reach {each.code}"
        for each in digest.near
    )
    return [divider(), section(f"*Near the next billing code*, {days} left this month\n{lines}")]


def _point(actor: Actor, point: Point, at: float) -> Block:
    text = f"*{escape(discreet(point.summary))}*  {point.summary.status}\n{escape(point.why)}"
    return section(text, accessory=row_menu(actor, point.summary, at))


def _awaited(actor: Actor, each: Awaited, policy: CarePolicy, at: float) -> Block:
    asked = each.recommendation
    text = escape(clip(" ".join(asked.text.split()), TEXT_SHOWN))
    return section(
        f"*{escape(discreet(each.patient))}*\n{', '.join(asked.kinds)}{': ' if text else ''}{text}\n"
        f"Recommended {day_of(asked.at, policy)}",
        accessory=row_menu(actor, each.patient, at),
    )
