"""The figures whose patients can be listed, by the names the tables and the screen have for them."""

from collections.abc import Mapping, Sequence

from cocm_bot.domain.figures.process import CONTACT_DAYS
from cocm_bot.domain.figures.program import ProgramFigures
from cocm_bot.domain.figures.published import Result
from cocm_bot.domain.figures.shares import Tally
from cocm_bot.domain.vocabulary import Status


def listable(figures: ProgramFigures, published: Sequence[Result]) -> Mapping[str, Tally]:
    """Return who is counted in each figure: once an episode, or once for each month that is counted."""
    caseload, process, outcomes = figures.caseload, figures.process, figures.outcomes
    left = [handle for handles in caseload.left.values() for handle in handles]
    return {
        "Improved": outcomes.improved,
        "Response": outcomes.response,
        "Remission": outcomes.remission,
        "Two contacts or more": process.contacted_twice,
        "Measured": process.measured,
        f"Contacted within {CONTACT_DAYS} days": process.contacted_early,
        "Consult since day 70": process.consulted,
        "Treatment changed since day 70": process.changed,
        "Graduated with a plan": process.planned,
        "Months with a code": figures.work.coded,
        **{
            status.value: _all(caseload.by_status.get(status, ()))
            for status in Status
            if status is not Status.DEACTIVATED
        },
        "Served": _all(caseload.served),
        "New": _all(caseload.enrolled),
        "Reopened": _all(caseload.reopened),
        "Back in the same episode": _all(caseload.resumed),
        "Left": _all(left),
        **{result.definition.name: result.tally for result in published},
    }


def _all(handles: Sequence[str]) -> Tally:
    return Tally(part=tuple(handles), whole=tuple(handles))
