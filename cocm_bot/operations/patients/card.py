"""Finding patients and opening a patient's card."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from cocm_bot.domain.access import Action, Actor
from cocm_bot.domain.due.rules import Due, due
from cocm_bot.domain.errors import no_such_patient
from cocm_bot.domain.members import RegistryUser
from cocm_bot.domain.patients.derive import as_of
from cocm_bot.domain.patients.trend import Trend, trend
from cocm_bot.domain.records.patient import DirectoryEntry, Patient
from cocm_bot.operations.access.access_logging import authorise, record_view
from cocm_bot.operations.context import Context
from cocm_bot.operations.patients.directory import find_entries
from cocm_bot.operations.roster import named, names
from cocm_bot.operations.usage import SEARCHES
from cocm_bot.store.patients import history, patients

MOST_SHOWN = 15
"""The most patients one search shows; their ids fit into one write unit of the access log."""


@dataclass(frozen=True)
class Matches:
    """The patients that typed words can mean, best first: those shown, and how many there are."""

    shown: Sequence[DirectoryEntry]
    total: int

    @classmethod
    def of(cls, found: Sequence[DirectoryEntry]) -> "Matches":
        """Return those who match, of whom the first are shown."""
        return cls(found[:MOST_SHOWN], len(found))

    @property
    def beyond(self) -> int:
        """Return how many are not shown."""
        return self.total - len(self.shown)


@dataclass(frozen=True)
class Card:
    """A patient as of now, with what is due, and the members' names by user id."""

    patient: Patient
    due: list[Due]
    names: Mapping[str, str] = field(default_factory=dict)


def card_of(ctx: Context, actor: Actor, patient: Patient, team: Sequence[RegistryUser] | None = None) -> Card:
    """The card of a patient that was just read or written; `team` are the members, where they are known."""
    policy, now = actor.registry.policy, ctx.now()
    return Card(
        as_of(patient, policy, now),
        due(patient, policy, now),
        names(ctx, actor) if team is None else named(team),
    )


def open_card(ctx: Context, actor: Actor, handle: str) -> Card:
    """The card of one patient of the actor's registry; the view is logged first.

    Raises NotAllowed, NotFound or Unavailable.
    """
    authorise(ctx, actor, Action.VIEW_PATIENT)
    patient = patient_of(ctx, actor, handle)
    record_view(ctx, actor, Action.VIEW_PATIENT, (patient.id,))
    return card_of(ctx, actor, patient)


def trend_of(ctx: Context, actor: Actor, patient: Patient) -> Trend:
    """Return the trend of a patient whose card was opened just now. Raises NotAllowed or Unavailable."""
    authorise(ctx, actor, Action.VIEW_PATIENT)
    return trend(patient, history.contacts(ctx.table, patient.id), actor.registry.policy)


def patient_of(ctx: Context, actor: Actor, handle: str) -> Patient:
    """A patient of the actor's registry, for an operation that shows or changes it; raises NotFound."""
    wanted = handle.strip().upper()
    patient = patients.by_handle(ctx.table, actor.registry.id, wanted) if wanted else None
    if patient is None:
        raise no_such_patient()
    return patient


def find(ctx: Context, actor: Actor, words: str) -> Matches:
    """The patients that these words can mean, deactivated ones included: best match first.

    At most `MOST_SHOWN`. `patients.search` says what matches. The search is logged with whom it shows. Raises
    NotAllowed, TooOften or Unavailable.
    """
    authorise(ctx, actor, Action.SEARCH)
    ctx.usage.take(SEARCHES, actor.user_id, ctx.now().timestamp())
    found = Matches.of(find_entries(ctx, actor.registry.id, words))
    record_view(ctx, actor, Action.SEARCH, tuple(entry.patient_id for entry in found.shown))
    return found
