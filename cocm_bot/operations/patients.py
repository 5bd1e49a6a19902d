"""Finding patients and opening a patient's card."""

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from cocm_bot.operations.desk import Desk
from cocm_bot.operations.oversight import authorise, record_view
from cocm_bot.operations.roster import names
from cocm_bot.registry.access import Action, Actor
from cocm_bot.registry.derive import as_of
from cocm_bot.registry.due import Due, due
from cocm_bot.registry.errors import NotFound
from cocm_bot.registry.patient import Patient
from cocm_bot.store import patients
from cocm_bot.store.patients import DirectoryEntry


@dataclass(frozen=True)
class Card:
    """A patient as of now, with what is due, and the members' names by user id."""

    patient: Patient
    due: list[Due]
    names: Mapping[str, str] = field(default_factory=dict)


def card_of(desk: Desk, actor: Actor, patient: Patient) -> Card:
    """The card of a patient that was just read or written."""
    policy, now = actor.registry.policy, desk.now()
    return Card(as_of(patient, policy, now), due(patient, policy, now), names(desk, actor))


def open_card(desk: Desk, actor: Actor, handle: str) -> Card:
    """The card of one patient of the actor's registry; the view is logged first.

    Raises NotAllowed, NotFound or Unavailable.
    """
    authorise(desk, actor, Action.VIEW_PATIENT)
    patient = patient_of(desk, actor, handle)
    record_view(desk, actor, Action.VIEW_PATIENT, (patient.id,))
    return card_of(desk, actor, patient)


def patient_of(desk: Desk, actor: Actor, handle: str) -> Patient:
    """A patient of the actor's registry, for an operation that shows or changes it; raises NotFound."""
    wanted = handle.strip().upper()
    patient = patients.by_handle(desk.table, actor.registry.id, wanted) if wanted else None
    if patient is None:
        raise NotFound("There is no such patient in this registry.")
    return patient


def find(desk: Desk, actor: Actor, words: str) -> list[DirectoryEntry]:
    """The patients, deactivated ones included, that these words can mean: best match first.

    A handle or an MRN given in full means that patient alone; otherwise every word must begin a part
    of the name, accents and case ignored. The search is logged with whom it found.
    """
    authorise(desk, actor, Action.VIEW_PATIENT)
    wanted = words.strip()
    entries = patients.directory(desk.table, actor.registry.id).records
    exact = [entry for entry in entries if wanted == entry.patient_mrn or wanted.upper() == entry.handle]
    found = exact or _by_name(entries, wanted)
    record_view(desk, actor, Action.SEARCH, tuple(entry.patient_id for entry in found))
    return found


def _by_name(entries: Sequence[DirectoryEntry], wanted: str) -> list[DirectoryEntry]:
    starts = _words(wanted)
    found = [entry for entry in entries if starts and _matches(entry, starts)]
    return sorted(found, key=lambda entry: (_fold(entry.last_name), _fold(entry.first_name), entry.handle))


def _matches(entry: DirectoryEntry, starts: list[str]) -> bool:
    parts = _words(f"{entry.first_name} {entry.last_name} {entry.patient_mrn} {entry.handle}")
    return all(any(part.startswith(start) for part in parts) for start in starts)


def _words(text: str) -> list[str]:
    """The words of a text, the halves of a hyphenated one too, as `_fold` leaves them."""
    return _fold(text).replace("-", " ").split()


def _fold(text: str) -> str:
    """Text with case and accents ignored, and the apostrophe that phones type made straight."""
    decomposed = unicodedata.normalize("NFKD", text.casefold().replace("’", "'"))
    return "".join(character for character in decomposed if not unicodedata.combining(character))
