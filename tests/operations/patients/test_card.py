import pytest

from cocm_bot.domain.errors import NotAllowed, NotFound, Unavailable
from cocm_bot.domain.vocabulary import Role, Status
from cocm_bot.operations.patients.card import find, open_card
from cocm_bot.operations.patients.enrolment import enrol
from cocm_bot.store.audit import access_log
from cocm_bot.store.patients import changing
from tests.operations.conftest import Office
from tests.operations.patients.test_enrolment import entered
from tests.store import faults
from tests.store.build import REGISTRY, audit

PEOPLE = [
    ("A-1001", "Ana", "Muñoz"),
    ("A-1002", "Anaïs", "O'Brien"),
    ("A-10021", "María José", "García Márquez"),
    ("A-1004", "Zoë", "Ångström"),
    ("A-1005", "小龙", "李"),
    ("A-1006", "Σοφία", "Παπαδοπούλου"),
    ("A-1007", "İpek", "Yılmaz"),
    ("A-1008", "Jean-Luc", "Straße"),
]


@pytest.fixture
def clinic(office: Office) -> Office:
    for number, (mrn, first, last) in enumerate(PEOPLE):
        one = entered(patient_mrn=mrn, first_name=first, last_name=last)
        enrol(office.ctx, office.actor(), one, f"enrol-{number}")
    return office


def found(office: Office, words: str) -> list[str]:
    return [entry.last_name for entry in find(office.ctx, office.actor(), words).shown]


FINDS = {
    "muñoz": ["Muñoz"],
    "munoz": ["Muñoz"],
    "MUNOZ": ["Muñoz"],
    "  mun  ": ["Muñoz"],
    "mun\u0303oz": ["Muñoz"],
    "ana": ["Muñoz", "O'Brien"],
    "ana mun": ["Muñoz"],
    "mun ana": ["Muñoz"],
    "ana mun 77": [],
    "o'brien": ["O'Brien"],
    "O’Brien": ["O'Brien"],
    "maria jose gar": ["García Márquez"],
    "marquez": ["García Márquez"],
    "angst": ["Ångström"],
    "zoe": ["Ångström"],
    "李": ["李"],
    "παπα": ["Παπαδοπούλου"],
    "ΣΟΦΊΑ": ["Παπαδοπούλου"],
    "ipek": ["Yılmaz"],
    "strasse": ["Straße"],
    "jean-luc": ["Straße"],
    "luc": ["Straße"],
    "A-1002": ["O'Brien"],
    "A-10021": ["García Márquez"],
    "a-1002": ["García Márquez", "O'Brien"],
    "1005": ["李"],
    "nobody": [],
    "-": [],
    "": [],
}


def test_a_patient_is_found_by_any_beginning_accents_and_case_aside(clinic: Office) -> None:
    assert {words: found(clinic, words) for words in FINDS} == FINDS


def test_a_handle_means_that_patient_alone_however_it_is_typed(clinic: Office) -> None:
    [ana] = find(clinic.ctx, clinic.actor(), "muñoz").shown
    for words in (ana.handle, ana.handle.lower(), f" {ana.handle} "):
        assert [entry.patient_id for entry in find(clinic.ctx, clinic.actor(), words).shown] == [
            ana.patient_id
        ]
        assert open_card(clinic.ctx, clinic.actor(), words).patient.id == ana.patient_id


def test_who_left_the_program_is_still_found(clinic: Office) -> None:
    [ana] = find(clinic.ctx, clinic.actor(), "muñoz").shown
    before = clinic.patient(ana.handle)
    after = before.model_copy(update={"status": Status.DEACTIVATED})
    changing.save(clinic.table, REGISTRY, before, after, audit(), request_id="leaves")
    assert found(clinic, "muñoz") == ["Muñoz"]
    assert open_card(clinic.ctx, clinic.actor(), ana.handle).patient.status is Status.DEACTIVATED


@pytest.mark.parametrize("handle", ["", "   ", "ZZZZ", "A-1001", "#lock"])
def test_what_is_no_handle_of_the_registry_is_not_found(clinic: Office, handle: str) -> None:
    with pytest.raises(NotFound, match="There is no such patient in this registry"):
        open_card(clinic.ctx, clinic.actor(), handle)


def test_views_and_searches_are_logged_with_whom_they_showed(clinic: Office) -> None:
    shown = find(clinic.ctx, clinic.actor(), "ana").shown
    open_card(clinic.ctx, clinic.actor(), shown[0].handle)
    entries = access_log.entries(clinic.table, REGISTRY, clinic.moment.date())
    seen = [entry for entry in entries if entry.action != "enrolled"]
    assert sorted((entry.action, entry.patient_ids, entry.user_id, entry.outcome) for entry in seen) == [
        ("search", tuple(entry.patient_id for entry in shown), "user-1", "allowed"),
        ("view_patient", (shown[0].patient_id,), "user-1", "allowed"),
    ]


def test_what_can_not_be_logged_is_not_shown(clinic: Office) -> None:
    [ana] = find(clinic.ctx, clinic.actor(), "muñoz").shown
    with faults.on(clinic.table.client, "PutItem", faults.refuse("AccessDeniedException")):
        for look in (open_card, find):
            with pytest.raises(Unavailable):
                look(clinic.ctx, clinic.actor(), ana.handle)


@pytest.mark.parametrize("role", [Role.CLINICAL_OPS, Role.FINANCE])
def test_who_treats_nobody_sees_nobody(clinic: Office, role: Role) -> None:
    with faults.on(clinic.table.client, "*", faults.none) as requests:
        for look in (open_card, find):
            with pytest.raises(NotAllowed):
                look(clinic.ctx, clinic.actor(role), "ana")
    assert [request for request in requests if "patient-directory" in str(request)] == []
    assert clinic.refusals() == ["search", "view_patient"]
