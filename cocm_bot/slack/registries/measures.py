"""The measures of a registry: chosen and defined by its admins."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Annotated

from cocm_bot.domain.access import Actor
from cocm_bot.domain.errors import InvalidInput
from cocm_bot.domain.measures.catalogue import Measure, MeasureRules, with_rules
from cocm_bot.domain.measures.definition import (
    HIGHEST,
    MOST_ANSWER,
    MOST_ITEMS,
    band_lines,
    measure_key,
    own_measure,
)
from cocm_bot.domain.members import Registry
from cocm_bot.operations.registries import measures as operation
from cocm_bot.slack.forms import Choice, Form, MultiSelectInput, NumberInput, RadioInput, TextInput
from cocm_bot.slack.kit import Payload
from cocm_bot.slack.registries.measures_view import (
    CHOOSE,
    DEFINE,
    DEFINED,
    LINES,
    LINES_SET,
    define_view,
    lines_view,
    measures_view,
)
from cocm_bot.slack.runtime.memo import Memo, Opaque
from cocm_bot.slack.runtime.request import OUT_OF_DATE, MemberRequest
from cocm_bot.slack.runtime.router import Router
from cocm_bot.store.jobs import JobKind

SAVED = "Saved. What is due for each patient is being recalculated. I write to you when it is done."
WORSE, BETTER = "worse", "better"
OUTCOME, SCREENING = "outcome", "screening"
_COUNTS = (Choice(OUTCOME, "Decides how a patient does"), Choice(SCREENING, "Only screens"))
_DIRECTIONS = (Choice(WORSE, "Higher is worse"), Choice(BETTER, "Higher is better"))


class ChooseForm(Form):
    """The measures to ask for, in the order chosen."""

    names: Annotated[tuple[str, ...], MultiSelectInput("Measures", most=operation.MOST_MEASURES)]


class DefineForm(Form):
    """A measure of the registry's own."""

    name: Annotated[str, TextInput("Name", max_length=40)]
    items: Annotated[int, NumberInput("Number of items", minimum=1, maximum=MOST_ITEMS)]
    minimum: Annotated[int, NumberInput("Lowest score", minimum=-HIGHEST, maximum=HIGHEST)] = 0
    maximum: Annotated[int, NumberInput("Highest score", minimum=-HIGHEST, maximum=HIGHEST)]
    direction: Annotated[str, RadioInput("Direction", options=_DIRECTIONS)] = WORSE
    bands: Annotated[
        str,
        TextInput("Bands", multiline=True, hint="A line each: where it begins, and its word: 10 moderate."),
    ] = ""
    improved: Annotated[
        int | None,
        NumberInput(
            "Improved below",
            hint="The line: a score at it or above is a case. Where higher is better, at it or below.",
            minimum=-HIGHEST,
            maximum=HIGHEST,
        ),
    ] = None
    remission: Annotated[
        int | None,
        NumberInput(
            "Remission below",
            hint="The target. Scores below this are in remission; where higher is better, scores above it.",
            minimum=-HIGHEST,
            maximum=HIGHEST,
        ),
    ] = None
    change: Annotated[
        int | None,
        NumberInput(
            "Meaningful change",
            hint="A score worse by so much is a worsening. Leave empty if the measure has none.",
            minimum=1,
            maximum=2 * HIGHEST,
        ),
    ] = None
    counts: Annotated[str, RadioInput("This measure", options=_COUNTS)] = OUTCOME
    self_harm_item: Annotated[
        int | None,
        NumberInput(
            "Item that asks about self-harm",
            hint="Its number on the form. Leave empty if no item asks about it.",
            minimum=1,
            maximum=MOST_ITEMS,
        ),
    ] = None
    self_harm_top: Annotated[
        int | None,
        NumberInput(
            "Highest answer of that item",
            hint="3 where it runs from 0 to 3. An answer above 0 alerts the team.",
            minimum=1,
            maximum=MOST_ANSWER,
        ),
    ] = None


class LinesForm(Form):
    """The way the scores of a measure are read."""

    improved: Annotated[
        int | None,
        NumberInput("Line", hint="A score at it or worse is a case.", minimum=-HIGHEST, maximum=HIGHEST),
    ] = None
    remission: Annotated[
        int | None,
        NumberInput(
            "Remission line", hint="A score beyond it is in remission.", minimum=-HIGHEST, maximum=HIGHEST
        ),
    ] = None
    change: Annotated[
        int | None,
        NumberInput(
            "Meaningful change", hint="By so much a patient is worse.", minimum=1, maximum=2 * HIGHEST
        ),
    ] = None
    counts: Annotated[str, RadioInput("This measure", options=_COUNTS)]


class LinesMemo(Memo):
    """The state of the modal of a measure's lines."""

    measure: Opaque
    """The measure whose lines are set, by its key."""


def register(router: Router) -> None:
    """The button to the definition, and the submissions."""
    router.opens(DEFINE, "Define a measure", defining)
    router.opens(LINES, "Lines of a measure", lines)
    router.submission(LINES_SET, set_lines)
    router.submission(CHOOSE, choose)
    router.submission(DEFINED, define)


def show(request: MemberRequest, words: Sequence[str]) -> Payload:
    """The measures asked for now, and those on offer."""
    del words
    operation.check_admin(request.ctx, request.actor)
    return _view(request.actor)


def defining(request: MemberRequest) -> Payload:
    """The empty definition."""
    operation.check_admin(request.ctx, request.actor)
    return define_view(DefineForm.blocks(), Memo().packed())


def lines(request: MemberRequest) -> Payload:
    """The lines a measure is read by now."""
    operation.check_admin(request.ctx, request.actor)
    measure = _measure(request, request.value)
    initial = {
        "improved": measure.improved_below,
        "remission": measure.remission_below,
        "change": measure.meaningful_change,
        "counts": OUTCOME if measure.outcome else SCREENING,
    }
    memo = LinesMemo(measure=measure_key(measure.name)).packed()
    return lines_view(measure, LinesForm.blocks(initial), memo)


def set_lines(request: MemberRequest) -> Payload:
    """Read the measure by the lines entered."""
    operation.check_admin(request.ctx, request.actor)
    entered = LinesForm.read(request.answers)
    rules = MeasureRules(
        improved_below=_line(entered.improved),
        remission_below=_line(entered.remission),
        meaningful_change=_line(entered.change),
        outcome=entered.counts == OUTCOME,
    )
    measure = _measure(request, request.memo(LinesMemo).measure)
    return _saved(request, operation.set_rules(request.ctx, request.actor, measure.name, rules))


def _line(entered: int | None) -> float | None:
    return None if entered is None else float(entered)


def _measure(request: MemberRequest, key: str) -> Measure:
    """A measure of the registry as it is read now, by its key; raises InvalidInput."""
    registry = request.actor.registry
    for name, measure in operation.on_offer(registry).items():
        if measure_key(name) == key:
            return with_rules(measure, registry.measure_rules.get(name))
    raise InvalidInput(OUT_OF_DATE)


def choose(request: MemberRequest) -> Payload:
    """Ask for the measures chosen."""
    operation.check_admin(request.ctx, request.actor)
    offered = list(operation.on_offer(request.actor.registry))
    entered = ChooseForm.read(request.answers, options={"names": offered})
    return _saved(request, operation.choose(request.ctx, request.actor, entered.names))


def define(request: MemberRequest) -> Payload:
    """Add the measure defined, and ask for it."""
    entered = DefineForm.read(request.answers).model_dump()
    chosen = {
        "bands": band_lines(entered.pop("bands")),
        "higher_is_worse": entered.pop("direction") == WORSE,
        "outcome": entered.pop("counts") == OUTCOME,
    }
    measure = own_measure(entered | chosen)
    return _saved(request, operation.define(request.ctx, request.actor, measure))


def _saved(request: MemberRequest, registry: Registry) -> Payload:
    """The choice as it is now; the patients are computed again meanwhile."""
    request.run_soon(JobKind.RECALCULATION, registry.id)
    return _view(replace(request.actor, registry=registry), SAVED)


def _view(actor: Actor, banner: str = "") -> Payload:
    registry = actor.registry
    offered = list(operation.on_offer(registry))
    asked = [measure.name for measure in registry.policy.measures]
    inputs = ChooseForm.blocks({"names": asked}, options={"names": offered})
    return measures_view(actor, registry.policy.measures, inputs, Memo().packed(), banner)
