"""The order of a patient's entries: by local day, and within a day by first recording.

A contact is kept by day, so its clock time says nothing; a correction keeps the place of its original.
"""

from collections.abc import Iterable

from cocm_bot.domain.records.history import TreatmentLog
from cocm_bot.domain.settings.policy import CarePolicy


def in_order(logs: Iterable[TreatmentLog], policy: CarePolicy) -> list[TreatmentLog]:
    """Return the entries from oldest to latest."""

    def place(log: TreatmentLog) -> tuple[object, ...]:
        return policy.local_date(log.date), recorded_first(log), log.date, log.first_id or log.id

    return sorted(logs, key=place)


def recorded_first(log: TreatmentLog) -> float:
    """Return when an entry, or the first one it takes the place of, was recorded (seconds UTC)."""
    return log.recorded_at if log.first_recorded is None else log.first_recorded


def in_place_of(log: TreatmentLog, original: TreatmentLog) -> TreatmentLog:
    """Return an entry that corrects another, with the other's place in the order."""
    first = {"first_recorded": recorded_first(original), "first_id": original.first_id or original.id}
    return log.model_copy(update={"corrects": original.id, **first})


def placed(logs: Iterable[TreatmentLog]) -> list[TreatmentLog]:
    """Return the entries in the order given, each correction with the place of its original.

    Those stored before corrections carried it get it here.
    """
    known: dict[str, TreatmentLog] = {}
    entries = list(logs)
    for log in sorted(entries, key=lambda log: (log.recorded_at, log.id)):
        original = known.get(log.corrects or "")
        lacks = original is not None and log.first_recorded is None
        known[log.id] = in_place_of(log, original) if original is not None and lacks else log
    return [known[log.id] for log in entries]
