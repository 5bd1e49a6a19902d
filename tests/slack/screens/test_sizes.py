"""Slack takes every screen, whatever a patient is called and whatever was written about them."""

from dataclasses import replace
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cocm_bot.domain import pages
from cocm_bot.domain.access import Actor
from cocm_bot.domain.caseload.work import Work
from cocm_bot.domain.due.rules import due
from cocm_bot.domain.members import Questionnaire, Registry
from cocm_bot.domain.patients.derive import as_of, weeks_at
from cocm_bot.domain.records.patient import DirectoryEntry, Patient
from cocm_bot.domain.settings.registry_settings import Disclosure, Shown
from cocm_bot.domain.vocabulary import ENTRY_TYPES, Role
from cocm_bot.operations.caseload.caseload import ROWS_PER_PAGE, Own, Page, Whose
from cocm_bot.operations.caseload.rows import Row, Show, Sort
from cocm_bot.operations.caseload.worklist import counted
from cocm_bot.operations.gaps import Gaps
from cocm_bot.operations.patients.card import MOST_SHOWN, Card, Matches
from cocm_bot.playground.blocks import limits
from cocm_bot.slack.commands import buttons_for
from cocm_bot.slack.contacts.contact_form import Shape
from cocm_bot.slack.contacts.contact_line_view import line_saved, line_to_check, line_undone
from cocm_bot.slack.contacts.contact_modal import inputs
from cocm_bot.slack.contacts.contact_view import contact_view
from cocm_bot.slack.direct_messages_view import friendly_message
from cocm_bot.slack.kit import older, suggestions
from cocm_bot.slack.patients.card_view import card_view, saved_banner
from cocm_bot.slack.patients.enrolment import EnrolmentForm
from cocm_bot.slack.patients.enrolment_view import enrolment_view
from cocm_bot.slack.patients.find_view import match_options, matches_view, search_view
from cocm_bot.slack.shared_views.caseload_table import rows_per_page
from cocm_bot.slack.shared_views.help import help_message
from cocm_bot.slack.shared_views.patient_lists import (
    caseload_message,
    suggestion_message,
    worklist_message,
    worklist_view,
)
from tests.rig import crowd
from tests.rig.clinic import MONDAY, ZONE
from tests.slack.texts import TEXT
from tests.store.build import registry

SIZES = (0, 1, 49, 50, 99, 1000)
CHARACTER = st.characters(exclude_categories=["Cs"])
NAME = st.text(CHARACTER, min_size=1, max_size=1) | st.text(CHARACTER, min_size=200, max_size=200) | TEXT
"""One character, 200, and whatever an older system may have let in, in any script."""


def actor(name: str, role: Role, active: int, measures: int = 2) -> Actor:
    asked = ("PHQ-9", "GAD-7", "PHQ-2", "AUDIT-C", "ISI", "EPDS", "PCL-5")[:measures]
    registry = Registry(
        id="registry-1",
        name=name,
        modified_date=0.0,
        created_date=0.0,
        members=1,
        active_patients=active,
        questionnaires=tuple(Questionnaire(name=each) for each in asked),
        timezone=ZONE,
    )
    return Actor("user-1", name, name, role, is_admin=False, registry=registry)


def called(patient: Patient, first: str, last: str, words: str) -> Patient:
    """The patient under another name, with these words wherever something can be written."""
    return patient.model_copy(
        update={
            "first_name": first,
            "last_name": last,
            "payer": words,
            "phone_number": words,
            "email": words,
            "treatment_logs": tuple(log.model_copy(update={"note": words}) for log in patient.treatment_logs),
            "flags": tuple(flag.model_copy(update={"reason": words}) for flag in patient.flags),
        }
    )


def card_of(patient: Patient, who: Actor, names: str = "") -> Card:
    policy = who.registry.policy
    return Card(as_of(patient, policy, MONDAY), due(patient, policy, MONDAY), {"user-1": names})


def entry_of(patient: Patient) -> DirectoryEntry:
    return DirectoryEntry(
        handle=patient.handle,
        patient_id=patient.id,
        patient_mrn=patient.patient_mrn,
        first_name=patient.first_name,
        last_name=patient.last_name,
    )


@cache
def rows(size: int) -> tuple[Row, ...]:
    """The rows of a caseload, those with something due first."""
    policy = actor("", Role.CARE_MANAGER, size).registry.policy
    made = [
        Row(as_of(each, policy, MONDAY), weeks_at(each, policy, MONDAY), due(each, policy, MONDAY))
        for each in crowd.active(crowd.synthetic(size, MONDAY))
    ]
    return tuple(sorted(made, key=lambda row: row.due[0].reason.gravity if row.due else 99))


def named(row: Row, first: str, last: str) -> Row:
    return replace(row, summary=row.summary.model_copy(update={"first_name": first, "last_name": last}))


def page_of(
    listed: list[Row],
    number: int,
    first: str,
    last: str,
    size: int | None = ROWS_PER_PAGE,
    who: Actor | None = None,
) -> Page:
    """A page of these rows, everyone called alike; without a size as many as a message to `who` holds."""
    if size is None and who is not None:
        size = rows_per_page(who, [named(row, first, last) for row in listed], MONDAY)
    place = pages.page_of(listed, number, size or ROWS_PER_PAGE)
    shown = [named(row, first, last) for row in place.rows]
    number = place.number
    counts = counted([row for row in listed if row.due], Role.CARE_MANAGER)
    return Page(
        replace(place, rows=shown),
        Gaps(number, number, number),
        counts=counts,
        own=Own(len(listed) + 1, 1, [last]),
    )


@settings(max_examples=40)
@given(st.sampled_from(crowd.invented(MONDAY)), NAME, NAME, TEXT, st.sampled_from(Role), st.integers(0, 7))
def test_screens_about_one_patient(
    patient: Patient, first: str, last: str, words: str, role: Role, measures: int
) -> None:
    who = actor(last, role, 1, measures)
    policy = who.registry.policy
    about = called(patient, first, last, words)
    banner = saved_banner(patient, card_of(about, who, words), policy)
    everything = Shape(
        by_item=frozenset(measure.name for measure in policy.measures),
        risky=frozenset(measure.name for measure in policy.measures if measure.self_harm_item),
        correction=True,
    )
    shapes = [*(Shape(kind=kind) for kind in ENTRY_TYPES), everything]
    screens = [
        card_view(who, card_of(about, who, words), "{}", MONDAY, banner=banner),
        *(
            contact_view(
                about, who.registry, inputs(policy, shape, {"day": MONDAY.date(), "note": words}), "{}"
            )
            for shape in shapes
        ),
        enrolment_view(who, EnrolmentForm.blocks(), "{}"),
        search_view("Patient", "find-patient", who.registry, missed=words),
        matches_view("Patient", "find-patient", Matches.of([entry_of(about)] * 2), who.registry),
    ]
    assert [limits.problems("modal", screen) for screen in screens] == [[]] * len(screens)
    log = next(iter(about.treatment_logs), None)
    said = [
        line_saved(who, card_of(about, who, words), log, banner),
        line_to_check(who, words, "id", opened=True),
        line_undone(who, about, words),
    ]
    assert [limits.problems("message", each) for each in said] == [[]] * len(said)


@settings(max_examples=40)
@given(st.sampled_from(SIZES), NAME, NAME, st.integers(1, 70), st.sampled_from(Role), st.integers(0, 7))
def test_lists_of_any_size(size: int, first: str, last: str, number: int, role: Role, measures: int) -> None:
    who = actor(first, role, size, measures)
    everyone = list(rows(size))
    waiting = page_of([row for row in everyone if row.due], number, first, last)
    messages = [
        worklist_message(who, waiting, Whose.MINE),
        help_message(who, buttons_for(who)),
        friendly_message(who, buttons_for(who)),
        suggestion_message(who, first, "caseload last-contact"),
    ]
    assert [limits.problems("message", each) for each in messages] == [[]] * len(messages)
    windows = [worklist_view(who, waiting, work) for work in Work]
    assert [limits.problems("modal", each) for each in windows] == [[]] * len(windows)


@settings(max_examples=15)
@given(st.sampled_from(SIZES), NAME, st.integers(1, 12), st.sampled_from(Show), st.sampled_from(Shown))
def test_a_caseload_of_any_size_is_shown_row_for_row(
    size: int, name: str, number: int, show: Show, shown: Shown
) -> None:
    who = actor(name, Role.CARE_MANAGER, size)
    disclosure = Disclosure(direct=shown)
    who = replace(who, registry=who.registry.model_copy(update={"disclosure": disclosure}))
    page = page_of(list(rows(size)), number, name, name, size=None, who=who)
    message = caseload_message(who, page, Whose.MINE, show, Sort.URGENCY, MONDAY)
    for form in (message, older(message, frozenset({"data_table"}))):
        assert limits.problems("message", form) == []
    # A row that is left out of a table that sorts would not be missed: none is, nor of the menu below.
    tables = [block for block in message["blocks"] if block["type"] == "data_table"]
    menus = [each for block in message["blocks"] for each in block.get("elements", []) if "options" in each]
    listed = [len(table["rows"]) - 1 for table in tables], [len(menu["options"]) for menu in menus]
    assert listed == (([len(page.rows)],) * 2 if page.rows else ([], []))


@settings(max_examples=40)
@given(st.sampled_from(SIZES), NAME, NAME)
def test_choices_among_any_number(size: int, first: str, last: str) -> None:
    found = Matches.of(
        [
            entry_of(each.model_copy(update={"first_name": first, "last_name": last}))
            for each in crowd.synthetic(size, MONDAY)
        ]
    )
    assert limits.problems("modal", matches_view("Patient", "find-patient", found, registry())) == []
    assert limits.suggestion_problems(suggestions(match_options(found, registry()))) == []


@pytest.mark.parametrize("size", SIZES)
def test_what_is_left_out_is_counted(size: int) -> None:
    found = Matches.of([entry_of(each) for each in crowd.synthetic(size, MONDAY)])
    drawn = str(matches_view("Patient", "find-patient", found, registry()))
    assert drawn.count("'Choose'") == min(size, MOST_SHOWN)
    assert (f"…and {size - MOST_SHOWN} more" in drawn) == (size > MOST_SHOWN)
    offered = match_options(found, registry())
    assert len(offered) == min(size, MOST_SHOWN + 1)
    assert (f"…and {size - MOST_SHOWN} more" in str(offered[-1:])) == (size > MOST_SHOWN)
