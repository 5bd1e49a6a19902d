"""The program as a whole, as messages: the team's counts and the week's figures. Nobody has a name here."""

from collections.abc import Iterator, Mapping, Sequence

from cocm_bot.domain.access import Actor
from cocm_bot.domain.due.rules import Reason
from cocm_bot.domain.figures.counts import Week
from cocm_bot.domain.members import Registry
from cocm_bot.operations.digests.program_digests import FiguresDigest, TeamDigest
from cocm_bot.slack.figures.month_view import month_blocks
from cocm_bot.slack.kit import Block, Payload, context, escape, header, message, section
from cocm_bot.slack.shared_views.gaps import all_clear, gap_lines
from cocm_bot.slack.shared_views.lines.formatting import who
from cocm_bot.slack.shared_views.list_lines import registry_line

MANAGERS_SHOWN = 50


def figures_message(actor: Actor, digest: FiguresDigest, illustration: Sequence[Block] = ()) -> Payload:
    """The week of the program, and once a month the month before with its charts or picture."""
    rows = [section(f"*{title}*\n{text}") for title, text in _figures(digest.week, digest.names)]
    nobody = [section(all_clear("There are no patients in this registry yet.", digest.gaps))]
    return message(
        "The program's week",
        [
            header("The program's week"),
            *(rows if digest.week.patients else nobody),
            context("Counted over the patients in the program now."),
            *(month_blocks(digest.month, illustration) if digest.month else []),
            *gap_lines(digest.gaps),
            registry_line(actor),
        ],
    )


def team_message(registry: Registry, digest: TeamDigest, illustration: Sequence[Block] = ()) -> Payload:
    """The day of the team, for its channel: counts, and how they were a week ago; and perhaps the month."""
    total, before = sum(digest.counts.values()), digest.before
    needs = "1 patient needs" if total == 1 else f"{total} patients need"
    was = "" if before is None else f" {_trend(total, sum(before.values()))} since last week"
    lines = [_line(reason, digest) for reason in Reason if reason in {**digest.counts, **(before or {})}]
    risks = [context(f"Safety risk: {', '.join(digest.risks)}")] if digest.risks else []
    return message(
        "The team's day",
        [
            header("The team's day"),
            section(
                "\n".join([f"*{needs} the team today*{was}", *lines])
                if lines
                else all_clear("Nothing is due in this registry today.", digest.gaps)
            ),
            *risks,
            *(month_blocks(digest.month, illustration) if digest.month else []),
            *gap_lines(digest.gaps),
            context(escape(registry.name)),
        ],
    )


def _line(reason: Reason, digest: TeamDigest) -> str:
    now = digest.counts.get(reason, 0)
    trend = "" if digest.before is None else f" {_trend(now, digest.before.get(reason, 0))}"
    return f"• {reason}: {now}{trend}"


def _trend(now: int, before: int) -> str:
    return f"(▲ {now - before})" if now > before else f"(▼ {before - now})" if now < before else "(=)"


def _figures(week: Week, names: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    managers = sorted(week.by_care_manager.items(), key=lambda each: -each[1])[:MANAGERS_SHOWN]
    counts = " · ".join(f"{who(user, names) if user else 'nobody'} {count}" for user, count in managers)
    yield f"Caseload: {week.patients}", counts
    yield "Contacted in two weeks", week.contacted.told
    yield "Improved", week.judged.told
    yield "Assessment or follow-up overdue", week.overdue.told
    yield "Consults in seven days", f"{week.consulted}"
