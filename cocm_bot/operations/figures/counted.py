"""List the patients counted in a figure, for those who may see patients."""

from collections.abc import Sequence
from dataclasses import dataclass

from cocm_bot.domain.access import Action, Actor
from cocm_bot.domain.errors import InvalidInput
from cocm_bot.domain.figures.listable import listable
from cocm_bot.domain.figures.periods import Period
from cocm_bot.domain.figures.published import Result
from cocm_bot.domain.figures.shares import Tally
from cocm_bot.operations.access.access_logging import authorise, record_view
from cocm_bot.operations.context import Context
from cocm_bot.operations.figures.report import authorise_figures, report
from cocm_bot.operations.figures.sheets import DEFINITIONS


@dataclass(frozen=True)
class Counted:
    """The patients of one figure, by handle."""

    period: Period
    told: str
    """The part of the program that is counted, in words; empty for all of it."""
    names: Sequence[str]
    """The figures there are to choose from."""
    name: str
    tally: Tally
    definition: Sequence[str]
    """The lines that say who is counted in it, and for a published measure when and who is not."""


def counted(ctx: Context, actor: Actor, words: Sequence[str], name: str = "") -> Counted:
    """Return who is counted in a figure of what was asked for, the first one without a name; logged.

    Raises NotAllowed, InvalidInput or Unavailable.
    """
    authorise_listing(ctx, actor)
    found, _ = report(ctx, actor, words)
    by_name = listable(found.figures, found.published)
    wanted = name or next(iter(by_name))
    if wanted not in by_name:
        raise InvalidInput("There is no such figure. Choose another.")
    tally = by_name[wanted]
    shown = {*tally.whole, *tally.unmeasured}
    ids = {record.patient_id for record in found.records if record.handle in shown}
    if ids:
        record_view(ctx, actor, Action.VIEW_CASELOAD, sorted(ids))
    definition = _defined(wanted, found.published)
    return Counted(found.figures.period, found.narrowing.told, list(by_name), wanted, tally, definition)


def _defined(name: str, published: Sequence[Result]) -> Sequence[str]:
    for result in published:
        if (measure := result.definition).name == name:
            told = (measure.title, measure.population, f"Window: {measure.window}")
            return [*told, f"Not counted: {measure.exclusions}", *result.missing]
    return [DEFINITIONS[name]]


def authorise_listing(ctx: Context, actor: Actor) -> None:
    """Raise NotAllowed, and log it, unless the actor may see patients, and figures too."""
    authorise(ctx, actor, Action.VIEW_CASELOAD)
    authorise_figures(ctx, actor)
