"""Which measures a registry asks for, and its own definitions; what follows from them is computed anew."""

from collections.abc import Iterator, Sequence

from cocm_bot.operations.desk import Desk, new_id
from cocm_bot.operations.edits import edited
from cocm_bot.operations.oversight import authorise, refuse
from cocm_bot.registry.access import Action, Actor
from cocm_bot.registry.definition import check_names
from cocm_bot.registry.derive import derive
from cocm_bot.registry.errors import InvalidInput, NotFound
from cocm_bot.registry.measures import CATALOGUE, Measure
from cocm_bot.registry.patient import Change, Patient, TreatmentLog
from cocm_bot.registry.team import Questionnaire, Registry
from cocm_bot.registry.vocabulary import Role
from cocm_bot.store import history, patients, registries
from cocm_bot.store.patients import Edit

MOST_MEASURES = 15
AT_ONCE = 2000
"""Patients that are computed anew while somebody waits; more are for the command line."""
COMMAND_LINE = "command-line"


def check_admin(desk: Desk, actor: Actor) -> None:
    """Raise NotAllowed, after logging the refusal, unless the actor is an admin of their registry."""
    authorise(desk, actor, Action.CHOOSE_MEASURES)
    if not actor.is_admin:
        refuse(desk, actor, Action.CHOOSE_MEASURES, "Only an admin of the registry may choose its measures.")


def on_offer(registry: Registry) -> dict[str, Measure]:
    """The measures that can be asked for: the catalogue, then the registry's own, by name."""
    return {**CATALOGUE, **{measure.name: measure for measure in registry.own_measures}}


def choose(desk: Desk, actor: Actor, names: Sequence[str]) -> Registry:
    """Ask for these measures, in this order, from now on; scores of others are kept.

    Raises NotAllowed, InvalidInput, Conflict or Unavailable.
    """
    check_admin(desk, actor)
    return _saved(desk, actor.registry, actor.registry.own_measures, names)


def define(desk: Desk, actor: Actor, measure: Measure) -> Registry:
    """Add a measure of the registry's own, or put it in the place of one with its name, and ask for it.

    Raises NotAllowed, InvalidInput, Conflict or Unavailable.
    """
    check_admin(desk, actor)
    return _with(desk, actor.registry, [measure])


def load(desk: Desk, registry_id: str, measures: Sequence[Measure]) -> Registry:
    """Add measures as `define` does, from the command line. Raises as it does, or NotFound."""
    return _with(desk, _registry(desk, registry_id), measures)


def on_command_line(desk: Desk, registry_id: str) -> Actor:
    """Whoever types at the command line, as an actor. Raises NotFound or Unavailable."""
    registry = _registry(desk, registry_id)
    return Actor(COMMAND_LINE, "Command", "line", Role.CLINICAL_OPS, is_admin=True, registry=registry)


def handles(desk: Desk, registry: Registry) -> list[str]:
    """The patients in the program, for whom something may follow from the measures. Raises Unavailable."""
    return sorted(summary.handle for summary in patients.caseload(desk.table, registry.id))


def derive_anew(desk: Desk, actor: Actor, wanted: Sequence[str]) -> Iterator[bool]:
    """Compute what follows from the registry's measures for each patient: True for each that changed.

    The actor's registry must be as it is now. A patient who left meanwhile counts as unchanged.
    Raises Conflict or Unavailable; what was done stays done, and doing it again does no harm.
    """
    for handle in wanted:
        yield _derive_one(desk, actor, handle)


def _derive_one(desk: Desk, actor: Actor, handle: str) -> bool:
    policy, now = actor.registry.policy, desk.now()
    patient = patients.by_handle(desk.table, actor.registry.id, handle)
    if patient is None:
        return False
    computed = derive(patient, history.contacts(desk.table, patient.id), policy, now)
    # Minutes and weeks follow the calendar, not the measures.
    if (computed.course, computed.next_due) == (patient.course, patient.next_due):
        return False
    change = Change(attribute="measures", before="", after=", ".join(each.name for each in policy.measures))

    def anew(current: Patient, logs: list[TreatmentLog]) -> Edit:
        return edited(
            desk,
            actor,
            current,
            logs,
            {},
            object_name="patient",
            action="computed anew",
            changes=[change],
        )

    patients.change(desk.table, actor.registry.id, handle, anew, request_id=new_id())
    return True


def _with(desk: Desk, registry: Registry, measures: Sequence[Measure]) -> Registry:
    own = {measure.name: measure for measure in (*registry.own_measures, *measures)}
    asked = [questionnaire.name for questionnaire in registry.questionnaires]
    names = list(dict.fromkeys([*asked, *(measure.name for measure in measures)]))
    return _saved(desk, registry, tuple(own.values()), names)


def _saved(desk: Desk, registry: Registry, own: Sequence[Measure], names: Sequence[str]) -> Registry:
    check_names((*CATALOGUE.values(), *own))
    defined = {measure.name: measure for measure in own}
    unknown = [name for name in names if name not in defined and name not in CATALOGUE]
    if unknown or not names:
        raise InvalidInput("Choose one or more of the measures on offer.", "names")
    if len(names) > MOST_MEASURES:
        raise InvalidInput(f"A contact can ask for at most {MOST_MEASURES} measures.", "names")
    after = registry.model_copy(
        update={
            "questionnaires": tuple(
                Questionnaire(name=name, definition=defined.get(name)) for name in dict.fromkeys(names)
            ),
            "own_measures": tuple(own),
            "modified_date": desk.now().timestamp(),
        }
    )
    return registries.save_measures(desk.table, registry, after)


def _registry(desk: Desk, registry_id: str) -> Registry:
    registry = registries.get(desk.table, registry_id)
    if registry is None:
        raise NotFound("There is no registry with this id.")
    return registry
