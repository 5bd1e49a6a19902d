"""Choose a registry's measures and define its own; what follows is computed again by a job."""

from collections.abc import Sequence

from cocm_bot.domain.access import AccessAction, Actor, AdminRight
from cocm_bot.domain.errors import InvalidInput, NotFound
from cocm_bot.domain.measures.catalogue import CATALOGUE, Measure, MeasureRules, rules_of
from cocm_bot.domain.measures.definition import check_names, check_rules
from cocm_bot.domain.members import Questionnaire, Registry
from cocm_bot.operations.access.access_logging import authorise_admin, record_export, recorded
from cocm_bot.operations.context import Context
from cocm_bot.operations.registries import recalculation
from cocm_bot.store import registries

MOST_MEASURES = 15


def check_admin(ctx: Context, actor: Actor) -> None:
    """Raise NotAllowed, after logging the refusal, unless the actor is an admin of their registry."""
    authorise_admin(ctx, actor, AdminRight.CHOOSE_MEASURES)


def on_offer(registry: Registry) -> dict[str, Measure]:
    """The measures that can be asked for: the catalogue, then the registry's own, by name."""
    return {**CATALOGUE, **{measure.name: measure for measure in registry.own_measures}}


def choose(ctx: Context, actor: Actor, names: Sequence[str]) -> Registry:
    """Ask for these measures, in this order, from now on; scores of others are kept.

    Raises NotAllowed, InvalidInput, Conflict or Unavailable.
    """
    check_admin(ctx, actor)
    return _saved(ctx, actor, _asking(ctx, actor.registry, actor.registry.own_measures, names))


def define(ctx: Context, actor: Actor, measure: Measure) -> Registry:
    """Add a measure of the registry's own, or put it in the place of one with its name, and ask for it.

    Raises NotAllowed, InvalidInput, Conflict or Unavailable.
    """
    check_admin(ctx, actor)
    return _saved(ctx, actor, _with(ctx, actor.registry, [measure]))


def set_rules(ctx: Context, actor: Actor, name: str, rules: MeasureRules) -> Registry:
    """Read a measure by these lines from now on; its own ones are the same as none set.

    Raises NotAllowed, InvalidInput with the field at fault, Conflict or Unavailable.
    """
    check_admin(ctx, actor)
    measure = on_offer(actor.registry).get(name)
    if measure is None:
        raise InvalidInput("This registry no longer has this measure.")
    check_rules(measure, rules)
    others = {each: kept for each, kept in actor.registry.measure_rules.items() if each != name}
    changed = others if rules == rules_of(measure) else others | {name: rules}
    update = {"measure_rules": changed, "modified_date": ctx.now().timestamp()}
    return _saved(ctx, actor, actor.registry.model_copy(update=update))


def load(ctx: Context, registry_id: str, measures: Sequence[Measure], account: str = "") -> Registry:
    """Add measures as `define` does, from the command line, by an account of the operating system.

    Raises as it does, or NotFound.
    """
    registry = registries.get(ctx.table, registry_id)
    if registry is None:
        raise NotFound("There is no registry with this id.")
    if account:
        record_export(ctx, registry_id, AccessAction.LOAD_MEASURES, account)
    called = [recalculation.calling_for(ctx, registry_id, by="")]
    return registries.save_measures(ctx.table, registry, _with(ctx, registry, measures), called)


def _saved(ctx: Context, actor: Actor, after: Registry) -> Registry:
    called = [recalculation.calling_for(ctx, after.id, actor.user_id)]
    with recorded(ctx, actor, AdminRight.CHOOSE_MEASURES) as entry:
        return registries.save_measures(ctx.table, actor.registry, after, [*entry, *called])


def _with(ctx: Context, registry: Registry, measures: Sequence[Measure]) -> Registry:
    """The registry with these measures defined and asked for."""
    own = {measure.name: measure for measure in (*registry.own_measures, *measures)}
    asked = [measure.name for measure in registry.policy.measures]
    names = list(dict.fromkeys([*asked, *(measure.name for measure in measures)]))
    # A new definition is read by its own lines, whatever was set for the one before it.
    defined = {measure.name for measure in measures}
    rules = {name: kept for name, kept in registry.measure_rules.items() if name not in defined}
    registry = registry.model_copy(update={"measure_rules": rules})
    return _asking(ctx, registry, tuple(own.values()), names)


def _asking(ctx: Context, registry: Registry, own: Sequence[Measure], names: Sequence[str]) -> Registry:
    """The registry with these definitions, asking for the measures of these names."""
    check_names((*CATALOGUE.values(), *own))
    defined = {measure.name: measure for measure in own}
    unknown = [name for name in names if name not in defined and name not in CATALOGUE]
    if unknown or not names:
        raise InvalidInput("Choose one or more of the measures on offer.", "names")
    if len(names) > MOST_MEASURES:
        raise InvalidInput(f"A contact can ask for at most {MOST_MEASURES} measures.", "names")
    return registry.model_copy(
        update={
            "questionnaires": tuple(
                Questionnaire(name=name, definition=defined.get(name)) for name in dict.fromkeys(names)
            ),
            "own_measures": tuple(own),
            "modified_date": ctx.now().timestamp(),
        }
    )
