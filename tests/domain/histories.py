"""Arbitrary patients and histories within half a year, for laws that hold for all of them."""

from datetime import date, timedelta
from functools import cache

from hypothesis import strategies as st

from cocm_bot.domain.records.agreements import Answer
from cocm_bot.domain.records.history import TreatmentLog
from cocm_bot.domain.records.patient import Patient
from cocm_bot.domain.vocabulary import ENTRY_TYPES, Flag, Role, Status
from tests.domain.build import contact, flag, patient, recommendation

_FIRST = date(2026, 1, 1)


@cache
def days() -> st.SearchStrategy[str]:
    return st.integers(0, 180).map(lambda offset: (_FIRST + timedelta(days=offset)).isoformat())


@cache
def instants() -> st.SearchStrategy[str]:
    """A local time like `2026-03-09 15:00`, never inside the hour that daylight saving leaves out."""
    return st.builds("{} {}".format, days(), st.sampled_from(("00:00", "09:30", "12:00", "23:59")))


_SCORES = st.dictionaries(st.sampled_from(("PHQ-9", "GAD-7", "PHQ-2")), st.integers(0, 21))
_MINUTES = st.sampled_from((0, 0.1, 4.1, 12.5, 30))
_ROLES = st.sampled_from((Role.CARE_MANAGER, Role.PSYCHIATRIST, None))
_KINDS = st.sampled_from(ENTRY_TYPES)


@st.composite
def contacts(draw: st.DrawFn) -> TreatmentLog:
    log = contact(
        draw(instants()),
        no_show=draw(st.booleans()),
        scores=draw(_SCORES),
        minutes=draw(_MINUTES),
        role=draw(_ROLES),
    )
    agreed = draw(st.none() | days())
    return log.model_copy(update={"contact_type": draw(_KINDS), "next_appointment": agreed})


@cache
def histories() -> st.SearchStrategy[list[TreatmentLog]]:
    return st.lists(contacts(), max_size=8)


_STATUSES = st.sampled_from(Status)
_FLAGS = st.lists(st.tuples(st.sampled_from(Flag), days(), st.booleans()), max_size=4)
_GIVEN = st.lists(st.tuples(days(), st.lists(st.sampled_from(Answer), max_size=2)), max_size=2)


@st.composite
def patients(draw: st.DrawFn) -> Patient:
    enrolled, later, latest = sorted((draw(days()), draw(days()), draw(days())))
    flags, given = draw(_FLAGS), draw(_GIVEN)
    return patient(
        draw(_STATUSES),
        enrolled=enrolled,
        status_since=latest,
        reopened=later if draw(st.booleans()) else None,
        flags=[flag(kind, raised, raised if resolved else None) for kind, raised, resolved in flags],
        recommendations=[recommendation(when, *answers) for when, answers in given],
    )
