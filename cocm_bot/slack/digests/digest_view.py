"""The digests of clinicians, as messages. Their `text` says what they are, and nothing of what is in them."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby

from cocm_bot.domain.access import Actor
from cocm_bot.domain.due.rules import Reason
from cocm_bot.domain.patient import PatientSummary
from cocm_bot.domain.review.agenda import Point
from cocm_bot.operations.caseload.caseload import Page, Row
from cocm_bot.operations.digests.clinical_digests import AnswersDigest, CaseloadDigest, ReviewDigest
from cocm_bot.operations.digests.digests import Digest
from cocm_bot.operations.digests.overview import Awaited
from cocm_bot.operations.digests.program_digests import FiguresDigest
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
from cocm_bot.slack.shared_views.command_names import CommandName
from cocm_bot.slack.shared_views.formatting import day_of, discreet
from cocm_bot.slack.shared_views.gaps import all_clear, gap_lines
from cocm_bot.slack.shared_views.list_lines import registry_line
from cocm_bot.slack.shared_views.patient_lists import (
    PATIENT_MENU,
    in_numbers,
    own_line,
    row_menu,
    snoozed_line,
    worklist_row,
)

WORKLIST = "digest-worklist"
ASKED = "digest"
TOLD = "told"
"""The names of a digest in its rows' menus: one that was asked for, or sent unasked."""
TEXT_SHOWN = 200

ALL_DONE = "Nothing is due for your patients today: everyone is up to date. Have a good day."
NOT_URGENT = "Nobody is at risk or flagged for you. The agenda comes on the day of the review."
NOBODY = "Nobody is on the agenda of today's review."
NO_ANSWERS = "No recommendation waits for your answer."


def digest_message(actor: Actor, digest: Digest, *, asked: bool = False) -> Payload:
    """Return a member's digest; `asked` is one they asked for just now, to be redrawn as a whole."""
    match digest:
        case CaseloadDigest():
            return caseload_message(actor, digest, ASKED if asked else digest_name(digest.at))
        case ReviewDigest():
            return review_message(actor, digest, ASKED if asked else digest_name(digest.at))
        case AnswersDigest():
            return answers_message(actor, digest, ASKED if asked else digest_name(digest.at))
        case FiguresDigest():
            return figures_message(actor, digest)


def digest_name(at: float) -> str:
    """The name, in the menus of its rows, of a digest drawn at an instant (seconds UTC)."""
    return f"{TOLD} {at:.0f}"


def caseload_message(actor: Actor, digest: CaseloadDigest, behind: str) -> Payload:
    """A care manager's day: in numbers, then by reason."""
    page = digest.page
    return message(
        "Your caseload for today",
        [
            header("Your caseload today"),
            section(_in_numbers(page) if page.matched else all_clear(ALL_DONE, page.gaps)),
            *own_line(page, "today"),
            *(
                block
                for heading, rows in _by_heading(page.rows)
                for block in _group(actor, heading, rows, behind)
            ),
            *_more(page),
            *_near(actor, digest),
            *gap_lines(page.gaps),
            registry_line(actor),
        ],
    )


def review_message(actor: Actor, digest: ReviewDigest, behind: str) -> Payload:
    """The psychiatrist's list: the agenda with the way to go through it, or what can't wait."""
    matched = sum(digest.counts.values())
    left = matched - len(digest.points)
    counted = " · ".join(f"{count} {topic.lower()}" for topic, count in digest.counts.items())
    nobody = NOBODY if digest.meets else NOT_URGENT
    people = "1 patient" if matched == 1 else f"{matched} patients"
    start = button("Start the review", CommandName.REVIEW.action_id, style="primary")
    return message(
        "Your review list for today",
        [
            header("Today's review" if digest.meets else "What can't wait for the review"),
            section(f"*{people}:* {counted}" if matched else all_clear(nobody, digest.gaps)),
            *([actions(start)] if matched and digest.meets else []),
            *_by_topic(actor, digest.points, behind),
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
    menu = block.get("accessory", {})
    if menu.get("action_id") != PATIENT_MENU:
        return block
    opening = menu["options"][0]
    happened = done.get(str(opening["value"]).split()[1])
    if happened is None:
        return block
    shown = block["text"]["text"].partition("\n")[0].replace("*", "")
    return section(f"~{shown}~\n_{escape(happened)}_", accessory=overflow(PATIENT_MENU, [opening]))


def _name(actor: Actor, patient: PatientSummary) -> str:
    return discreet(patient, actor.registry)


def _heading(reason: Reason) -> str:
    """Return the heading of a reason: the reasons for a consult share one."""
    return reason.partition(":")[0]


def _in_numbers(page: Page) -> str:
    counts: Counter[str] = Counter()
    for reason, count in page.counts.items():
        counts[_heading(reason)] += count
    return in_numbers(page, counts.items())


def _by_heading(rows: Iterable[Row]) -> list[tuple[str, list[Row]]]:
    return [(head, list(found)) for head, found in groupby(rows, key=lambda row: _heading(row.due[0].reason))]


def _group(actor: Actor, heading: str, rows: Sequence[Row], behind: str) -> list[Block]:
    return [
        context(f"*{heading}*"),
        *(worklist_row(actor, row, _name(actor, row.summary), behind) for row in rows),
    ]


def _more(page: Page) -> list[Block]:
    left = page.matched - len(page.rows)
    opened = [actions(button(f"{and_more(left)}: open the worklist", WORKLIST))] if left else []
    return [*opened, *snoozed_line(page)]


def _near(actor: Actor, digest: CaseloadDigest) -> list[Block]:
    if not digest.near:
        return []
    days = "1 working day" if digest.days_left == 1 else f"{digest.days_left} working days"
    lines = "\n".join(
        f"• {escape(_name(actor, each.summary))}: {each.minutes} min, {each.missing} more reach {each.code}"
        for each in digest.near
    )
    return [divider(), section(f"*Near the next billing code*, {days} left this month\n{lines}")]


def _by_topic(actor: Actor, points: Iterable[Point], behind: str) -> Iterator[Block]:
    for topic, found in groupby(points, key=lambda each: each.topic):
        yield context(f"*{topic}*")
        for each in found:
            text = f"*{escape(_name(actor, each.summary))}*  {each.summary.status}\n{escape(each.why)}"
            yield section(text, accessory=row_menu(actor, each.summary, behind))


def _awaited(actor: Actor, each: Awaited, behind: str) -> Block:
    asked = each.recommendation
    text = escape(clip(" ".join(asked.text.split()), TEXT_SHOWN))
    return section(
        f"*{escape(_name(actor, each.patient))}*\n{', '.join(asked.kinds)}{': ' if text else ''}{text}\n"
        f"Recommended {day_of(asked.at, actor.registry.policy)}",
        accessory=row_menu(actor, each.patient, behind, asked=True),
    )
