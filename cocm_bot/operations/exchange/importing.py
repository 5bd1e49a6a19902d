"""Importing patients: a dry run says what would happen; then it happens, one whole patient at a time."""

import hashlib
from collections import Counter
from collections.abc import Generator, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from enum import StrEnum

from cocm_bot.domain.access import Actor, AdminRight
from cocm_bot.domain.audit_actions import AuditAction
from cocm_bot.domain.errors import CocmError, Conflict, NotFound, Unavailable
from cocm_bot.domain.exchange.arrivals import Arrival, Landing
from cocm_bot.domain.exchange.notes import QUESTIONS, Note, NoteKind, Place
from cocm_bot.domain.exchange.people import Team
from cocm_bot.domain.fields import folded
from cocm_bot.domain.members import Registry
from cocm_bot.domain.records.patient import DirectoryEntry, Patient
from cocm_bot.domain.vocabulary import Flag
from cocm_bot.operations.access.access_logging import Requester, record_for, recorded_for
from cocm_bot.operations.billing.ledger import begun
from cocm_bot.operations.context import Context
from cocm_bot.operations.exchange.reading import Reading, read
from cocm_bot.operations.exchange.sources import Source
from cocm_bot.operations.figures import records
from cocm_bot.operations.patients.enrolment import HANDLE_TRIES, new_handle
from cocm_bot.store import counters, registries
from cocm_bot.store.exchange import imports
from cocm_bot.store.exchange.imports import Import, State
from cocm_bot.store.patients import lists, patients
from cocm_bot.store.table.errors import (
    AlreadyApplied,
    AlreadyStored,
    HandleTaken,
    MrnTaken,
    VersionConflict,
)
from cocm_bot.store.table.writes import Write
from cocm_bot.store.team import people

COUNTED_EVERY = 50
"""Patients after which those taken are added to the registry's count: it is behind by no more."""


class Outcome(StrEnum):
    """The outcome, or expected outcome, for one patient of the source."""

    TAKEN = "taken"
    THERE = "already there"
    """This very import brought them before."""
    LEFT = "left"


@dataclass
class Report:
    """The result of an import or dry run. Its notes hold values of patients: no log may have them."""

    reading: Reading
    import_id: str
    outcomes: Counter[Outcome] = field(default_factory=Counter)
    contacts: int = 0
    first: list[Note] = field(default_factory=list)
    """Notes on patients who need somebody today: a self-harm answer above 0, a safety risk."""

    @property
    def notes(self) -> list[Note]:
        """Everything that became of cells and rows."""
        return self.reading.notes

    @property
    def questions(self) -> int:
        """Return how many notes leave something for a person to do."""
        return sum(note.kind in QUESTIONS for note in self.notes)


@dataclass
class Importing:
    """One source on its way into one registry."""

    ctx: Context
    registry: Registry
    requester: Requester
    landing: Landing
    before: Import | None
    """The same import, where it was begun before."""
    report: Report
    _by_mrn: dict[str, DirectoryEntry] = field(default_factory=dict)
    _by_name: dict[str, DirectoryEntry] = field(default_factory=dict)

    def dry_run(self) -> Iterator[Outcome]:
        """Return what would become of each patient; nothing is written."""
        self._look_up()
        for each in self.report.reading.patients:
            yield self._counted(each, self._decide(each))

    def apply(self) -> Generator[Outcome, None, None]:
        """Write each patient whole with its history, once however often it is run, return the outcomes.

        Raises Conflict where the import is being undone, or Unavailable: run again, it goes on.
        """
        if self.before and self.before.state is State.UNDOING:
            raise Conflict("This import is being undone: finish that first, with --undo.")
        run = self._begin()
        self._look_up()
        try:
            for each in self.report.reading.patients:
                outcome = self._decide(each)
                if outcome is Outcome.TAKEN:
                    outcome = self._write(each, run)
                self._counted(each, outcome)
                if outcome is Outcome.TAKEN and self.report.outcomes[outcome] % COUNTED_EVERY == 0:
                    counters.settle(self.ctx.table, self.registry.id)
                yield outcome
                if outcome is Outcome.THERE:
                    # Brought by an earlier slice of this import, which could not say yet who needs somebody.
                    self.report.first.extend(_first(each, self.landing))
        finally:
            # Also what a process that was ended had still to add.
            counters.settle(self.ctx.table, self.registry.id)
        imports.put(self.ctx.table, run.model_copy(update={"state": State.DONE}))

    def _look_up(self) -> None:
        for entry in lists.directory(self.ctx.table, self.registry.id):
            self._by_mrn[entry.patient_mrn] = entry
            self._by_name[_named(entry.first_name, entry.last_name)] = entry

    def _decide(self, each: Arrival) -> Outcome:
        stored = self._by_mrn.get(each.patient.patient_mrn)
        if stored is not None:
            if stored.patient_id == each.patient.id:
                return Outcome.THERE
            self._ask(each, "mrn", f"the registry has this number ({stored.handle}): nothing is changed")
            return Outcome.LEFT
        namesake = self._by_name.get(_named(each.patient.first_name, each.patient.last_name))
        if namesake is not None and namesake.date_of_birth in ("", each.patient.date_of_birth):
            why = f"the registry has this name and birth date ({namesake.handle}): taken as another"
            self._ask(each, "name", why)
        return Outcome.TAKEN

    def _ask(self, each: Arrival, field_name: str, why: str) -> None:
        value = each.patient.patient_mrn
        self.report.notes.append(Note(NoteKind.ASKED, each.place, field_name, value, why))

    def _counted(self, each: Arrival, outcome: Outcome) -> Outcome:
        self.report.outcomes[outcome] += 1
        if outcome is Outcome.TAKEN:
            self.report.contacts += len(each.logs)
            self.report.first.extend(_first(each, self.landing))
        return outcome

    def _begin(self) -> Import:
        """Write down that the import runs, and log it once."""
        run = Import(
            id=self.landing.import_id,
            registry_id=self.registry.id,
            kind=self.report.reading.form,
            at=self.landing.at.timestamp(),
            by=self.landing.by,
            state=State.RUNNING,
            run=1,
        )
        if self.before is not None:
            undone = self.before.state is State.UNDONE
            run = run.model_copy(update={"run": self.before.run + undone})
        record_for(self.ctx, self.requester, self.registry.id, AdminRight.IMPORT)
        imports.put(self.ctx.table, run)
        return run

    def _write(self, each: Arrival, run: Import) -> Outcome:
        for _ in range(HANDLE_TRIES):
            patient = each.patient.model_copy(update={"handle": each.patient.handle or new_handle()})
            try:
                self._create(each, patient, run)
            except HandleTaken:
                each = _without_handle(each)
                continue
            except VersionConflict:  # another registry began to bill the same MRN meanwhile
                continue
            except AlreadyApplied:
                return Outcome.THERE
            except (MrnTaken, AlreadyStored):
                stored = patients.get(self.ctx.table, self.registry.id, patient.patient_mrn)
                if stored is not None and stored.id == patient.id:
                    return Outcome.THERE
                self._ask(each, "mrn", "somebody enrolled this number meanwhile: nothing is changed")
                return Outcome.LEFT
            except Unavailable:
                raise
            except CocmError as refused:
                self._ask(each, "row", f"could not be written: {refused}")
                return Outcome.LEFT
            return Outcome.TAKEN
        raise Conflict("No free handle was found for a patient. Run the import again: it goes on.")

    def _create(self, each: Arrival, patient: Patient, run: Import) -> None:
        first, *others = each.audits
        patient = records.tracked(patient, each.audits)
        voided = {void.log_id for void in each.voids}
        standing = [log for log in each.logs if log.id not in voided]
        with self._recorded((patient.id,)) as access:
            patients.add(
                self.ctx.table,
                self.registry.id,
                patient,
                first,
                logs=each.logs,
                voids=each.voids,
                extra_audits=others,
                along=[
                    *access,
                    imports.brought(run.id, patient, each.audits[-1].id),
                    *begun(self.ctx, self.registry, patient, standing),
                    *records.begun(self.registry, patient, standing),
                ],
                ring=self.ctx.trail.keyring,
                request_id=f"import-{run.id}-{run.run}-{patient.id}",
            )

    def _recorded(self, patient_ids: tuple[str, ...]) -> AbstractContextManager[list[Write]]:
        return recorded_for(self.ctx, self.requester, self.registry.id, AuditAction.IMPORTED, patient_ids)


def prepare(ctx: Context, registry_id: str, source: Source, requester: Requester) -> Importing:
    """Read a source for a registry; raises NotFound, InvalidInput or Unavailable."""
    registry = registries.get(ctx.table, registry_id)
    if registry is None:
        raise NotFound("There is no registry with this id.")
    import_id = import_id_of(source, registry_id)
    before = imports.get(ctx.table, registry_id, import_id)
    goes_on = before is not None and before.state is not State.UNDONE
    at = ctx.now().fromtimestamp(before.at, ctx.now().tzinfo) if before and goes_on else ctx.now()
    members = people.members(ctx.table, registry_id).records
    emails = {each.user_id: user.email for each in members if (user := people.user(ctx.table, each.user_id))}
    said = source.mapping.people if source.mapping else {}
    by = requester.user_id if isinstance(requester, Actor) else ""
    team, country = Team(members, emails, said), registry.phone_country
    landing = Landing(import_id, registry_id, by, at, registry.policy, team, country)
    reading = read(source, landing)
    return Importing(ctx, registry, requester, landing, before, Report(reading, import_id))


def import_id_of(source: Source, registry_id: str) -> str:
    """Return the id of an import: the same for the same source, read the same way into the same registry."""
    return hashlib.sha256(f"{registry_id}\0{source.digest}".encode()).hexdigest()[:26]


def _first(each: Arrival, landing: Landing) -> Iterator[Note]:
    """Return why a patient needs somebody today, in words for the report."""
    patient, place = each.patient, Place(each.place.sheet, each.place.cell)
    for alert in patient.alerts:
        told = f"self-harm answer above 0 at the latest measure ({', '.join(alert.measures)})"
        yield Note(NoteKind.ASKED, place, "safety", patient.patient_mrn, told)
    if patient.patient_flag is Flag.SAFETY_RISK:
        yield Note(NoteKind.ASKED, place, "safety", patient.patient_mrn, "an open Safety Risk flag")
    for name in patient.course.self_harm_open:
        yield Note(
            NoteKind.ASKED, place, "safety", patient.patient_mrn, f"{name}: self-harm answer not known"
        )


def _named(first_name: str, last_name: str) -> str:
    return folded(f"{first_name} {last_name}")


def _without_handle(each: Arrival) -> Arrival:
    return Arrival(
        each.place, each.patient.model_copy(update={"handle": ""}), each.logs, each.audits, each.voids
    )
