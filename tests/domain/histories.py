"""Arbitrary patients and histories within half a year, for laws that hold for all of them."""

from datetime import date, timedelta

from hypothesis import strategies as st

from cocm_bot.domain.records.agreements import Answer
from cocm_bot.domain.records.patient import Patient, TreatmentLog
from cocm_bot.domain.vocabulary import ENTRY_TYPES, Flag, Role, Status
from tests.domain.build import contact, flag, patient, recommendation

_FIRST = date(2026, 1, 1)


def days() -> st.SearchStrategy[str]:
    return st.integers(0, 180).map(lambda offset: (_FIRST + timedelta(days=offset)).isoformat())


def instants() -> st.SearchStrategy[str]:
    """A local time like `2026-03-09 15:00`, never inside the hour that daylight saving leaves out."""
    return st.builds("{} {}".format, days(), st.sampled_from(("00:00", "09:30", "12:00", "23:59")))


@st.composite
def contacts(draw: st.DrawFn) -> TreatmentLog:
    log = contact(
        draw(instants()),
        no_show=draw(st.booleans()),
        scores=draw(st.dictionaries(st.sampled_from(("PHQ-9", "GAD-7", "PHQ-2")), st.integers(0, 21))),
        minutes=draw(st.sampled_from((0, 0.1, 4.1, 12.5, 30))),
        role=draw(st.sampled_from((Role.CARE_MANAGER, Role.PSYCHIATRIST, None))),
    )
    agreed = draw(st.sampled_from((None, draw(days()))))
    kind = draw(st.sampled_from(ENTRY_TYPES))
    return log.model_copy(update={"contact_type": kind, "next_appointment": agreed})


def histories() -> st.SearchStrategy[list[TreatmentLog]]:
    return st.lists(contacts(), max_size=8)


@st.composite
def patients(draw: st.DrawFn) -> Patient:
    enrolled, later, latest = sorted((draw(days()), draw(days()), draw(days())))
    flags = draw(st.lists(st.tuples(st.sampled_from(Flag), days(), st.booleans()), max_size=4))
    given = draw(st.lists(st.tuples(days(), st.lists(st.sampled_from(Answer), max_size=2)), max_size=2))
    return patient(
        draw(st.sampled_from(Status)),
        enrolled=enrolled,
        status_since=latest,
        reopened=draw(st.sampled_from((None, later))),
        flags=[flag(kind, raised, raised if resolved else None) for kind, raised, resolved in flags],
        recommendations=[recommendation(when, *answers) for when, answers in given],
    )
