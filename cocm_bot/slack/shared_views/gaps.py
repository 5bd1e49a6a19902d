"""Say what a list does not show, and keep "all clear" for when all is known."""

from collections.abc import Iterator

from cocm_bot.operations.gaps import Gaps
from cocm_bot.slack.kit import Block, context

NOT_KNOWN = "Nothing is due for the patients I can see, but I can't see all of them."


def all_clear(sentence: str, gaps: Gaps) -> str:
    """Return the sentence that says nothing is left to do, or, while there are gaps, what is true then."""
    return NOT_KNOWN if gaps else sentence


def gap_lines(gaps: Gaps) -> list[Block]:
    """Return a warning for each kind of gap, with how many and what to do; none when all is known."""
    return [context(f"⚠️ {sentence}") for sentence in _sentences(gaps)]


def _sentences(gaps: Gaps) -> Iterator[str]:
    if gaps.undelivered:
        alerts = "1 safety alert has" if gaps.undelivered == 1 else f"{gaps.undelivered} safety alerts have"
        yield (
            f"*{alerts} reached nobody yet.* Type `/cocm caseload all flagged` to see who is at risk, and "
            "call the team yourself. `/cocm status` shows an admin what is in the way."
        )
    if gaps.unread:
        records = "1 record" if gaps.unread == 1 else f"{gaps.unread} records"
        yield (
            f"{records} of this registry can't be read and {_are(gaps.unread)} not shown. Ask your admin to "
            f"have `cocm-bot check` run: it names {_them(gaps.unread)}."
        )
    if gaps.missing:
        patients = "1 patient" if gaps.missing == 1 else f"{gaps.missing} patients"
        yield (
            f"{patients} of this registry {_are(gaps.missing)} missing from this list. Look again in "
            "a minute; if it stays so, ask your admin to have `cocm-bot check --repair` run. `/cocm patient` "
            f"still finds {_them(gaps.missing)}."
        )


def _are(number: int) -> str:
    return "is" if number == 1 else "are"


def _them(number: int) -> str:
    return "it" if number == 1 else "them"
