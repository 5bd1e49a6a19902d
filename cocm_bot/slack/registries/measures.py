"""The measures of a registry: chosen and defined by its admins."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Annotated

from cocm_bot.domain.access import Actor
from cocm_bot.domain.measures.definition import HIGHEST, MOST_ITEMS, band_lines, own_measure
from cocm_bot.domain.members import Registry
from cocm_bot.operations.registries import measures as operation
from cocm_bot.operations.registries import recalculation
from cocm_bot.slack.forms import Choice, Form, MultiSelectInput, NumberInput, RadioInput, TextInput
from cocm_bot.slack.kit import Payload
from cocm_bot.slack.registries.measures_view import CHOOSE, DEFINE, DEFINED, define_view, measures_view
from cocm_bot.slack.runtime.memo import Memo
from cocm_bot.slack.runtime.request import MemberRequest
from cocm_bot.slack.runtime.router import Router

SAVED = "Saved. What is due for each patient is being worked out anew: I write to you when it is done."
WORSE, BETTER = "worse", "better"
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
            hint="Scores below this are improved; where higher is better, scores above it.",
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


def register(router: Router) -> None:
    """The button to the definition, and the submissions."""
    router.opens(DEFINE, "Define a measure", defining)
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


def choose(request: MemberRequest) -> Payload:
    """Ask for the measures chosen."""
    operation.check_admin(request.ctx, request.actor)
    offered = list(operation.on_offer(request.actor.registry))
    entered = ChooseForm.read(request.answers, options={"names": offered})
    return _saved(request, operation.choose(request.ctx, request.actor, entered.names))


def define(request: MemberRequest) -> Payload:
    """Add the measure defined, and ask for it."""
    entered = DefineForm.read(request.answers).model_dump()
    bands, direction = band_lines(entered.pop("bands")), entered.pop("direction")
    measure = own_measure({**entered, "bands": bands, "higher_is_worse": direction == WORSE})
    return _saved(request, operation.define(request.ctx, request.actor, measure))


def _saved(request: MemberRequest, registry: Registry) -> Payload:
    """The choice as it is now; the patients are computed anew meanwhile."""
    request.run_soon(recalculation.KIND, registry.id)
    return _view(replace(request.actor, registry=registry), SAVED)


def _view(actor: Actor, banner: str = "") -> Payload:
    registry = actor.registry
    offered = list(operation.on_offer(registry))
    asked = [questionnaire.name for questionnaire in registry.questionnaires]
    inputs = ChooseForm.blocks({"names": asked}, options={"names": offered})
    return measures_view(actor, registry.policy.measures, inputs, Memo().packed(), banner)
