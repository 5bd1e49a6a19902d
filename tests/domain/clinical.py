"""A short way to write a patient's history, so that a table of cases can be checked line by line.

An entry is its day from 5 January 2026 (a Monday) on, its kind, and what it says: `d28 FU PHQ-9=16`.
Kinds: IA initial assessment, FU follow-up, PC psychiatric consult, RP relapse prevention contact; CC care
coordination, OA outreach attempt, OC outcome check. `x` marks a no-show, `?` a self-harm item
nobody knows the answer to (else 0), `next=d42` the appointment agreed,
`check=d60` the next check of the plan made in it, `rec=d30` the day it was recorded; `P` and `G` mean
PHQ-9 and GAD-7.
"""

from datetime import date, timedelta

from cocm_bot.domain.records.agreements import RelapsePlan
from cocm_bot.domain.records.history import Score, TreatmentLog
from cocm_bot.domain.vocabulary import ContactType, EntryType, WorkKind
from tests.domain.build import answered, at, contact

START = date(2026, 1, 5)
KINDS: dict[str, EntryType] = {
    "IA": ContactType.INITIAL_ASSESSMENT,
    "FU": ContactType.FOLLOW_UP,
    "PC": ContactType.CONSULTATION,
    "RP": ContactType.RELAPSE_PREVENTION,
    "CC": WorkKind.CARE_COORDINATION,
    "OA": WorkKind.OUTREACH,
    "OC": WorkKind.OUTCOME_CHECK,
}

SHORT = {"P": "PHQ-9", "G": "GAD-7"}


def day(written: str) -> str:
    """The date of `d28`, like `2026-02-02`; anything else as it is."""
    if not written.startswith("d"):
        return written
    return (START + timedelta(days=int(written[1:]))).isoformat()


def history(text: str) -> list[TreatmentLog]:
    """The entries of a history, in the order written, which is the order of recording."""
    return [_entry(words.split()) for words in text.split(";") if words.strip()]


def _entry(words: list[str]) -> TreatmentLog:
    when, kind, *rest = words
    said = dict(each.split("=") for each in rest if "=" in each)
    log = contact(day(when), ContactType.FOLLOW_UP, no_show="x" in rest)
    update: dict[str, object] = {
        "contact_type": KINDS[kind],
        "next_appointment": day(said.pop("next")) if "next" in said else None,
    }
    if "check" in said:
        update["plan"] = _plan(day(said.pop("check")), log.date)
    if "rec" in said:
        update["recorded_at"] = at(day(said.pop("rec")))
    scores = tuple(
        Score(score_name=SHORT.get(name, name), score_value=float(value)) for name, value in said.items()
    )
    known = {} if "?" in rest else answered({each.score_name: each.score_value for each in scores})
    return log.model_copy(update=update | {"scores": scores, "self_harm": known})


def _plan(next_check: str, written: float) -> RelapsePlan:
    return RelapsePlan(
        warning_signs="Sleeps badly",
        what_helps="Walks",
        medication="",
        whom_to_call="The clinic",
        next_check=next_check,
        written_by="user-1",
        written_at=written,
    )
