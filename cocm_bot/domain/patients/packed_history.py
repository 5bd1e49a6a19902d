"""A patient's standing history, packed beside the record: enough to derive from, without reading it.

Each entry is there with every attribute that a derived field, the billing ledger or an outcome record rests
on, in its exact value; so what is derived from here is what is derived from the entries themselves, by
whatever policy. The latest entries are whole on the record already, and take their places. Where anything
does not fit together nothing is unpacked, and the history is read.
"""

import json
import zlib
from base64 import b85decode, b85encode
from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import accumulate, pairwise
from typing import Any

from pydantic import ValidationError

from cocm_bot.domain.ordering import recorded_first
from cocm_bot.domain.records.history import TreatmentLog
from cocm_bot.domain.records.patient import Patient
from cocm_bot.domain.records.record import Record

FORM = 1
"""The version of the packed form: what is packed in another is read from the history."""
MOST_CHARACTERS = 16_000
"""A longer history is not packed, and read whenever it is needed: the record is read far more often."""
LEFT_OUT = frozenset(
    {
        "id",
        "patient_mrn",
        "provider",
        "provider_name",
        "flag",
        "weeks_in_treatment",
        "visit_type",
        "note",
        "difficulty",
        "safety_action",
        "history",
        "corrects",
        "recorded_at",
        "first_recorded",
        "first_id",
        "voided",
    }
)
"""The attributes that nothing is derived from, and those that have a column of another form."""
_UNNAMED = "packed#"
"""Begins the ids of entries whose own does not matter."""
PLAN_WORDS = ("warning_signs", "what_helps", "medication", "whom_to_call", "written_by")
"""The attributes of a plan that only the latest one gives to the record."""


class PackedHistory(Record):
    """The standing entries of a patient, of the version whose change they follow."""

    form: int
    version: int
    entries: str


def packed(standing: Iterable[TreatmentLog], version: int) -> PackedHistory | None:
    """Pack the entries that count; `version` is the one of the patient that they make.

    None for a history that is too long, or has a date that steps from the one before do not lead to exactly.
    """
    logs = sorted((log for log in standing if log.counts), key=_place)
    dates = [log.date for log in logs]
    if list(accumulate(_steps(dates))) != dates:
        return None
    columns = _columns(logs)
    written = b85encode(zlib.compress(json.dumps(columns, separators=(",", ":")).encode(), 9)).decode()
    if len(written) > MOST_CHARACTERS:
        return None
    return PackedHistory(form=FORM, version=version, entries=written)


def is_current(kept: PackedHistory, patient: Patient) -> bool:
    """Return whether what is packed beside a record is of its latest change.

    A process of an older version keeps what it does not know of, and writes it back as it was.
    """
    last = patient.audit_logs[-1] if patient.audit_logs else None
    return last is not None and (kept.form, kept.version) == (FORM, last.version)


def unpacked(kept: PackedHistory, patient: Patient) -> list[TreatmentLog] | None:
    """Return the entries that count, those on the record whole, in no order; None where they must be read."""
    if not is_current(kept, patient):
        return None
    try:
        columns = json.loads(zlib.decompress(b85decode(kept.entries)))
        logs = [_log(row, number) for number, row in enumerate(_rows(columns))]
    except (ValueError, TypeError, KeyError, AttributeError, zlib.error, ValidationError):
        return None
    return _with_whole(logs, (*patient.treatment_logs, *patient.work_logs))


def all_whole(logs: Iterable[TreatmentLog]) -> bool:
    """Return whether entries are as they are stored, and none was unpacked."""
    return not any(log.id.startswith(_UNNAMED) or log.patient_mrn == _UNNAMED for log in logs)


def _columns(logs: Sequence[TreatmentLog]) -> dict[str, list[Any]]:
    """The entries column by column: what is alike in all of them takes next to nothing."""
    times = Counter(_place(log)[:2] for log in logs)
    latest = max((log.plan.written_at for log in logs if log.plan), default=None)
    rows = [_row(log, with_plan=log.plan is not None and log.plan.written_at == latest) for log in logs]
    names = sorted({name for row in rows for name in row})
    columns: dict[str, list[Any]] = {name: [row.get(name) for row in rows] for name in names}
    columns["date"] = _steps([log.date for log in logs])
    # Of two of one instant the ids decide which comes first; a medication names its entry.
    columns["named"] = [
        [log.id, log.first_id] if times[_place(log)[:2]] > 1 or log.medication_changes else None
        for log in logs
    ]
    return columns


def _steps(dates: Sequence[float]) -> list[float]:
    """Return the first date, and from each to the next; they add up to the dates again."""
    return [date - before for before, date in pairwise((0.0, *dates))]


def _place(log: TreatmentLog) -> tuple[float, float, str]:
    return log.date, recorded_first(log), log.first_id or log.id


def _row(log: TreatmentLog, *, with_plan: bool) -> dict[str, Any]:
    """Return the attributes that something is derived from; the words of a plan only of the latest one."""
    row = log.model_dump(mode="json", exclude=set(LEFT_OUT), exclude_defaults=True)
    row["recorded"] = None if recorded_first(log) == log.date else recorded_first(log)
    row["scores"] = [each.score_name for each in log.scores]
    row["values"] = [each.score_value for each in log.scores]
    if log.recommendation:
        row["recommendation"] |= {"id": "", "text": "", "by": "", "addressed_to": [], "answers": []}
    if log.plan and not with_plan:
        row["plan"] |= dict.fromkeys(PLAN_WORDS, "")
    return row


def _face(log: TreatmentLog) -> str:
    """The signs by which an entry is known to be the same, packed or not."""
    return json.dumps(_row(log, with_plan=False), sort_keys=True)


def _rows(columns: dict[str, list[Any]]) -> list[dict[str, Any]]:
    whole = {**columns, "date": list(accumulate(columns["date"]))}
    return [dict(zip(whole, values, strict=True)) for values in zip(*whole.values(), strict=True)]


def _log(row: dict[str, Any], number: int) -> TreatmentLog:
    """The entry of a row, without the words nothing is derived from."""
    given = {name: value for name, value in row.items() if value is not None}
    entry_id, first_id = given.pop("named", (f"{_UNNAMED}{number}", None))
    scored = zip(given.pop("scores"), given.pop("values"), strict=True)
    return TreatmentLog.model_validate(
        {
            "recorded_at": given.pop("recorded", given["date"]),
            "scores": [{"score_name": name, "score_value": value} for name, value in scored],
            **given,
            "id": entry_id,
            "first_id": first_id,
            "patient_mrn": _UNNAMED,
            "provider": "",
            "flag": None,
            "weeks_in_treatment": 0,
            "visit_type": None,
        }
    )


def _with_whole(logs: list[TreatmentLog], whole: Sequence[TreatmentLog]) -> list[TreatmentLog] | None:
    """Put whole entries in the places of the same ones as unpacked; None where one is not among them."""
    waiting: dict[str, list[int]] = {}
    for number, log in enumerate(logs):
        waiting.setdefault(_face(log), []).append(number)
    for log in whole:
        same = waiting.get(_face(log))
        if not same:
            return None
        logs[same.pop()] = log
    return logs
