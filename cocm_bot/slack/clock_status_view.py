"""The clock's state, for a registry's admins. No patient is in it."""

from collections.abc import Iterator
from datetime import timedelta

from cocm_bot.domain.digests.digest_schedule import CATCH_UP
from cocm_bot.domain.settings.policy import CarePolicy
from cocm_bot.operations.clock_status import ClockHealth, Day, Days
from cocm_bot.slack.kit import Payload, clip, context, escape, header, message, section
from cocm_bot.slack.shared_views.lines.formatting import day, moment_of

RUNS_SHOWN = 5
LONGEST = 2900
PROMISE = f"A digest is never sent twice, nor more than {CATCH_UP // timedelta(hours=1)} hours late."

TELL_CHECK = "Tell whoever runs the bot: `cocm-bot check`."

WORDS = {
    "posted": "posted",
    "skipped": "skipped",
    "failed": "failed",
    "unclear": "unclear",
    "sending": "under way",
}
"""The outcomes of a turn, in the order in which they are counted."""


def status_message(clock_health: ClockHealth, days: Days, checkpoint: str = "") -> Payload:
    """The clock as a whole, the registry's next moment, its latest days, and the access log's checkpoint."""
    policy = days.registry.policy
    return message(
        "The clock",
        [
            header("The clock"),
            section(
                clip(
                    "\n".join([*_clock(clock_health, policy), *_next(days, clock_health.now, policy)]),
                    LONGEST,
                )
            ),
            *(section(clip("\n".join(_day(each)), LONGEST)) for each in days.days),
            *([] if days.days else [section("No digest was due in the last days.")]),
            context(
                f"Access log, newest checkpoint: `{checkpoint}`"
                if checkpoint
                else "Access log: no checkpoint."
            ),
            context(f"Skipped with nothing due is as it should be. {PROMISE}"),
        ],
    )


def _clock(clock_health: ClockHealth, policy: CarePolicy) -> Iterator[str]:
    if not clock_health.runs:
        yield "⚠️ *The clock does not tick.* Tell whoever runs the bot."
    elif clock_health.well:
        yield "*On time.*"
    yield from _faults(clock_health)
    if clock_health.waiting:
        minutes = round(clock_health.behind / 60)
        sign = "" if clock_health.well else "⚠️ "
        things = "1 thing waits" if clock_health.waiting == 1 else f"{clock_health.waiting:,} things wait"
        yield f"{sign}{things}, the longest for {minutes} min."
    for run in clock_health.runs[:RUNS_SHOWN]:
        left = f", {run.left} left for the next" if run.left else ""
        yield f"Tick of {moment_of(run.at, policy)}: {run.done} done in {run.seconds:.0f} s{left}"


def _faults(clock_health: ClockHealth) -> Iterator[str]:
    if clock_health.late_alerts:
        alerts = (
            "1 safety alert does"
            if clock_health.late_alerts == 1
            else f"{clock_health.late_alerts} safety alerts do"
        )
        yield (
            f"⚠️ *{alerts} not reach everybody who should know.* Look at `/cocm today` for patients at risk, "
            "and tell whoever runs the bot."
        )
    if clock_health.unreadable:
        jobs = "1 job" if clock_health.unreadable == 1 else f"{clock_health.unreadable:,} jobs"
        yield f"⚠️ Can't be read, so not done: {jobs}. {TELL_CHECK}"
    for run in clock_health.wrong_clocks:
        way = "ahead" if run.ahead > 0 else "behind"
        off = f"{abs(run.ahead):.0f} s {way}"
        yield f"⚠️ The clock of process {escape(run.process)} is {off}: it sends nothing until that is right."
    if clock_health.foreign:
        items = "1 item" if clock_health.foreign == 1 else f"{clock_health.foreign:,} items"
        yield f"{items} of another program in the clock's part of the table, left out."


def _next(days: Days, now: float, policy: CarePolicy) -> Iterator[str]:
    if days.unreadable:
        records = "1 record" if days.unreadable == 1 else f"{days.unreadable:,} records"
        yield f"⚠️ Can't be read, and left out of digests: {records}. {TELL_CHECK}"
    if days.next_at is None:
        yield f"⚠️ Nothing is planned for this registry. {TELL_CHECK}"
    elif days.tries:
        again = moment_of(max(days.next_at, now), policy)
        yield f"⚠️ A message has not reached somebody yet: next try at {again}."
    else:
        yield f"Next: {moment_of(max(days.next_at, now), policy)}"


def _day(found: Day) -> Iterator[str]:
    counts = " · ".join(
        f"{found.counts[state]} {word}" for state, word in WORDS.items() if state in found.counts
    )
    yield f"*{day(found.day)}*: {counts}"
    for each in found.troubles:
        reason = f", {escape(each.reason)}" if each.reason else ""
        yield f"⚠️ {escape(each.recipient)}: {WORDS[each.state]}{reason}"
