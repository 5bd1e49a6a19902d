"""Shared by the tests of sources: a landing of Monday 3 March 2031 in New York, and a way to read."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO

import pytest
from openpyxl import Workbook

from cocm_bot.domain.exchange.arrivals import Arrival, Landing
from cocm_bot.domain.exchange.notes import Note, NoteKind
from cocm_bot.domain.exchange.people import Team
from cocm_bot.domain.exchange.trackers.mapping import SourceMapping
from cocm_bot.domain.members import Questionnaire, RegistryUser
from cocm_bot.domain.vocabulary import Role
from cocm_bot.operations.exchange.reading import Reading, read
from cocm_bot.operations.exchange.sources import Source
from tests.operations.conftest import MONDAY
from tests.store import build
from tests.store.build import REGISTRY

Cells = Sequence[Sequence[object]]


@dataclass
class Read:
    """A source that was read, its patients by MRN."""

    reading: Reading
    patients: dict[str, Arrival]

    def notes(self, kind: NoteKind | None = None) -> list[tuple[str, str, str]]:
        """Return cell, field and value of the notes of a kind."""
        return [
            (each.place.cell, each.field, each.value)
            for each in self.reading.notes
            if kind in (None, each.kind)
        ]

    def about(self, value: str) -> list[Note]:
        return [each for each in self.reading.notes if each.value == value]

    def days(self, mrn: str) -> list[tuple[str, str, dict[str, float]]]:
        """Return local day, type and scores of a patient's contacts."""
        policy = landing().policy
        return [
            (
                policy.local_date(log.date).isoformat(),
                str(log.contact_type),
                {score.score_name: score.score_value for score in log.scores},
            )
            for log in self.patients[mrn].logs
        ]


def landing() -> Landing:
    asked = (Questionnaire(name="PHQ-9"), Questionnaire(name="GAD-7"))
    registry = build.registry().model_copy(update={"questionnaires": asked})
    member = RegistryUser(
        registry_id=REGISTRY,
        user_id="user-1",
        date_created=0,
        first_name="Maya",
        last_name="Okafor",
        role=Role.CARE_MANAGER,
        is_admin=False,
    )
    return Landing("import-1", REGISTRY, "", MONDAY, registry.policy, Team((member,)))


def reading(data: bytes | str, mapping: SourceMapping | None = None, **how: str) -> Read:
    """Read bytes, or a text in UTF-8."""
    given = data.encode() if isinstance(data, str) else data
    found = read(Source(given, mapping, **how), landing())
    patients = {each.patient.patient_mrn: each for each in found.patients}
    return Read(found, patients)


def workbook(
    sheets: dict[str, Cells], *, merged: Sequence[str] = (), epoch: datetime | None = None, hidden: str = ""
) -> bytes:
    """Return an XLSX file; `merged` are ranges of the first sheet, `hidden` is the name of one."""
    book = Workbook()
    if epoch is not None:
        book.epoch = epoch
    book.remove(book.worksheets[0])
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        sheet.sheet_state = "hidden" if name == hidden else "visible"
        for row in rows:
            sheet.append(list(row))
    for each in merged:
        book.worksheets[0].merge_cells(each)
    written = BytesIO()
    book.save(written)
    return written.getvalue()


@pytest.fixture
def read_source() -> Callable[..., Read]:
    return reading


@pytest.fixture
def make_workbook() -> Callable[..., bytes]:
    return workbook
