"""Laws of the clinical words for every history."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from cocm_bot.domain.due.rules import due
from cocm_bot.domain.measures.catalogue import CATALOGUE, Measure
from cocm_bot.domain.ordering import in_place_of
from cocm_bot.domain.outcomes.progress import moved, word
from cocm_bot.domain.patients.derive import derive
from cocm_bot.domain.records.history import TreatmentLog, Voided
from cocm_bot.domain.records.patient import Patient
from tests.domain.build import moment, policy
from tests.domain.cases import LATER
from tests.domain.histories import histories, instants, patients

WORDS = {"minutes_this_month", "treatment_logs", "work_logs", "date_modified"}
"""Attributes of a derived patient that are no clinical words: the minutes, and the entries themselves."""


@given(patients(), histories(), st.randoms(use_true_random=False), instants())
def test_deriving_does_not_depend_on_the_order_of_the_entries(
    who: Patient, logs: list[TreatmentLog], random: Any, now: str
) -> None:
    shuffled = list(logs)
    random.shuffle(shuffled)
    assert derive(who, shuffled, policy(), moment(now)) == derive(who, logs, policy(), moment(now))


@given(patients(), histories(), st.data(), instants())
def test_a_correction_that_changes_no_clinical_value_changes_no_clinical_word(
    who: Patient, logs: list[TreatmentLog], data: st.DataObject, now: str
) -> None:
    if not logs:
        return
    old = data.draw(st.sampled_from(logs))
    later = max(log.recorded_at for log in logs) + 86_400
    note = {"id": data.draw(st.sampled_from(("a", "z"))), "recorded_at": later, "note": "Spoke to a sister"}
    new = in_place_of(old.model_copy(update=note), old)
    void = Voided(log_id=old.id, by="user-1", at=later, reason="a slip", replaced_by=new.id)
    corrected = [log.model_copy(update={"voided": void}) if log is old else log for log in logs]
    before, after = (derive(who, entries, policy(), moment(now)) for entries in (logs, [*corrected, new]))
    assert after.model_dump(exclude=WORDS) == before.model_dump(exclude=WORDS)
    assert due(after, policy(), moment(LATER)) == due(before, policy(), moment(LATER))


def scores(measure: Measure) -> st.SearchStrategy[int]:
    return st.integers(int(measure.minimum), int(measure.maximum))


@given(st.sampled_from(sorted(CATALOGUE)), st.booleans(), st.data())
def test_a_worse_score_is_never_called_improved(name: str, turned: bool, data: st.DataObject) -> None:
    measure = CATALOGUE[name].model_copy(update={"higher_is_worse": not turned})
    first, latest = data.draw(scores(measure)), data.draw(scores(measure))
    found = moved(first, latest, measure)
    if (latest < first) if turned else (latest > first):
        assert found.improved is not True
        assert found.response is not True
        assert word(found) not in ("improved", "response")
    else:
        assert found.worse is not True


@given(patients(), histories(), instants())
def test_no_word_of_a_score_lies_before_the_score(who: Patient, logs: list[TreatmentLog], now: str) -> None:
    course = derive(who, logs, policy(), moment(now)).course
    for each in course.scores.values():
        days = (
            each.not_improved_since,
            each.remission_since,
            each.remission_confirmed,
            each.worse_since,
            each.relapse_since,
        )
        assert all(when is None or each.first_date <= when <= each.latest_date for when in days)


@given(patients(), histories(), instants())
def test_work_that_is_no_contact_moves_nothing(who: Patient, logs: list[TreatmentLog], now: str) -> None:
    contacts = [log for log in logs if log.is_contact]
    with_work, without = (derive(who, entries, policy(), moment(now)) for entries in (logs, contacts))
    moved_by = {"minutes_this_month", "work_logs", "course"}
    assert with_work.model_dump(exclude=moved_by) == without.model_dump(exclude=moved_by)
    counted = {"attempts", "month"}
    assert with_work.course.model_dump(exclude=counted) == without.course.model_dump(exclude=counted)
    assert all(log.is_contact for log in with_work.treatment_logs)
