"""A registry that keeps names out of windows and Home: a whole day of it shows handles and initials.

`tests/guards/test_roles.py` goes every way in under the same setting.
"""

import ast
import re
from datetime import date
from pathlib import Path
from typing import Any

import pytest

import cocm_bot.slack
from cocm_bot.domain.access import Actor
from cocm_bot.domain.contacts.contact import Contact
from cocm_bot.domain.errors import InvalidInput
from cocm_bot.domain.members import Registry
from cocm_bot.domain.patients.duplicates import Likeness
from cocm_bot.domain.records.patient import DirectoryEntry
from cocm_bot.domain.settings.registry_settings import Disclosure, Shown
from cocm_bot.domain.vocabulary import ContactType, Flag, Role, VisitType
from cocm_bot.operations.contacts.log_contact import log_contact
from cocm_bot.operations.patients.enrolment import Enrolment, enrol
from cocm_bot.operations.registries.registries import change_settings, seal
from cocm_bot.operations.safety.flags import Flagging, raise_flags
from cocm_bot.playground import cast
from cocm_bot.playground.seats.seat import Seat
from cocm_bot.slack.patients.enrolment_view import enrolment_view
from cocm_bot.slack.patients.replacing import STORED_UNFIT, Removed, ReplacingForm
from cocm_bot.slack.shared_views import identity
from cocm_bot.slack.shared_views.card_actions import CARD_ACTIONS, PRINT
from tests.domain import build
from tests.rig.clinic import Clinic
from tests.rig.identifying import ZEPHYRINE, traces
from tests.rig.scenes import sees
from tests.store.build import registry

HERE = "Z.M."
BORN = date(1984, 2, 29)


def withholding() -> Registry:
    return registry().model_copy(update={"disclosure": Disclosure(screens=Shown.INITIALS, direct=Shown.NAME)})


@pytest.fixture
def handle(clinic: Clinic) -> str:
    """Zephyrine, twice, as two imports leave it: at risk, flagged; nothing is typed in Slack."""
    ctx, actor = clinic.ctx, clinic.actor()
    wanted = {"screens": Shown.INITIALS, "direct": Shown.NAME, "finance": Shown.NAME}
    change_settings(ctx, actor, wanted, seal(actor.registry))
    actor = clinic.actor()
    details = {
        "first_name": ZEPHYRINE["First name"],
        "last_name": ZEPHYRINE["Last name"],
        "date_of_birth": BORN,
        "phone_number": ZEPHYRINE["Phone"],
        "email": ZEPHYRINE["E-mail"],
    }
    [handle, _] = [
        enrol(ctx, actor, Enrolment(patient_mrn=mrn, **details), mrn).patient.handle
        for mrn in (ZEPHYRINE["MRN"], "0QX-77310")
    ]
    flagging = Flagging(flag_types=(Flag.REVIEW,), reason="No better")
    raise_flags(ctx, actor, handle, flagging, "flag")
    assessed = Contact(
        contact_type=ContactType.INITIAL_ASSESSMENT,
        visit_type=VisitType.CLINIC,
        day=clinic.clock().date(),
        minutes=45,
        scores={"PHQ-9": 18},
        self_harm={"PHQ-9": 1},
        raise_safety_flag=True,
        safety_action="Safety plan reviewed",
    )
    log_contact(ctx, actor, handle, assessed, "contact")
    return handle


def on_the_card(clinic: Clinic, seat: Seat, handle: str) -> None:
    """Open whatever the card offers, once each."""
    [patient] = [each for each in clinic.patients() if each.handle == handle]
    actor = clinic.actor()
    for each in CARD_ACTIONS:
        if each.action_id == PRINT or not (each.is_for(actor) and each.fits(patient)):
            continue
        seat.command(f"/cocm patient {handle}")
        sees(seat, "Latest contacts")
        if each.button:
            seat.press(each.label)
        else:
            seat.choose("More…", each.label)
        clinic.workspace.settled(quiet=0.02)
        seat.close(everything=True)


def searches(clinic: Clinic, seat: Seat) -> None:
    """Find her by all that finds: what was typed is not said back."""
    for words in ("Zephyrine", "Zephyrina", "munoz", "0187", "QX-77310", "1984-02-29", "Zephyrbert Nobody"):
        for command in ("patient", "log"):
            seat.command(f"/cocm {command} {words}")
            clinic.workspace.settled(quiet=0.02)
            seat.close(everything=True)
    seat.command("/cocm patient")
    assert [each.split(" · ")[1] for each in seat.suggest("Handle, MRN or name", "zeph")] == [HERE] * 2
    seat.close(everything=True)


def every_command(clinic: Clinic, name: str) -> None:
    seat = clinic.seat(name)
    for words in (
        "today",
        "today all",
        "caseload all",
        "digest",
        "review",
        "billing",
        "figures",
        "audit",
        "team",
        "registry settings",
    ):
        seat.command(f"/cocm {words}")
        clinic.workspace.settled(quiet=0.02)
        if seat.view:
            seat.close(everything=True)
    seat.open_home()
    clinic.workspace.settled(quiet=0.02)


def test_a_day_in_which_no_name_is_shown(clinic: Clinic, handle: str) -> None:
    maya, iris = clinic.seat(), clinic.seat("Iris Lindqvist")
    clinic.tick()  # the alert goes out
    on_the_card(clinic, maya, handle)
    searches(clinic, maya)
    for name in ("Maya Okafor", "Iris Lindqvist", "Samuel Adeyemi", "Omar Haddad", "Lena Novak"):
        every_command(clinic, name)

    iris.command("/cocm review")
    sees(iris, f"{handle} · {HERE}", "years")
    iris.press("Next")
    clinic.workspace.settled(quiet=0.02)
    iris.close(everything=True)

    maya.command("/cocm caseload all")
    maya.press("caseload-several")
    sees(maya, "Choose several")
    maya.close(everything=True)

    # Edited without being shown: what is typed takes the place of what is stored, the rest stays.
    maya.command(f"/cocm patient {handle}")
    sees(maya, f"{handle} · {HERE}", "☎️ In the health record: not shown here", "years")
    maya.choose("More…", "Edit details")
    sees(maya, "What is stored is not shown here.", "New first name")
    maya.fill({"New phone": "212-555-0199", "Remove": ["E-mail"], "Payer": "Aetna"})
    assert maya.submit() is None
    sees(maya, "✅ Saved.")
    [other, edited] = clinic.patients()
    assert (edited.first_name, edited.date_of_birth) == (ZEPHYRINE["First name"], str(BORN))
    assert (edited.phone_number, edited.email, edited.payer) == ("212-555-0199", "", "Aetna")
    maya.choose("More…", "Changes")
    sees(maya, "phone number changed", "email changed", "payer: Aetna")
    maya.close(everything=True)

    # Merged without being shown.
    maya.command(f"/cocm patient {handle}")
    maya.choose("More…", "Merge with another record")
    maya.fill({"The other record": other.handle})
    assert maya.submit() is None
    sees(maya, "goes into", "They differ")
    maya.close(everything=True)
    clinic.workspace.settled()

    shown = clinic.workspace.written_by_bot()
    assert handle in shown
    assert HERE in shown
    assert traces(shown) == []
    # By itself: within an id drawn at random a number occurs by chance.
    assert re.findall(r"\b(?:555-0199|1984)\b", shown) == []


def test_direct_messages_show_no_more_than_windows(clinic: Clinic, handle: str) -> None:
    clinic.tick()
    iris = clinic.seat("Iris Lindqvist")
    iris.go(cast.BOT)
    assert f"{handle} · {HERE}" in sees(iris, "the self-harm item of PHQ-9 is above 0")


# --- the one module that draws it ---------------------------------------------------------------------------

ENTRY = DirectoryEntry(
    "K7Q4",
    "p",
    "QX-77310",
    "Zephyrine",
    "Muñoz-Kvåle",
    date_of_birth="1984-02-29",
    email="zephyrine.mk@x.org",
)
NAMES_MEMBERS = (
    "runtime/auth.py",
    "runtime/client/gateway.py",
    "runtime/client/people.py",
    "registries/registries.py",
    "home_view.py",
    "direct_messages_view.py",
    "exchange/summary_pdf.py",
    "review/review.py",
    "review/review_view.py",
    "shared_views/help.py",
    "team/",
)
"""Modules that read names and addresses of members, not of patients."""
READS = {
    "exchange/export.py": "handles only",
    "patients/edit_patient.py": "the form of a registry that shows names",
    "patients/enrolment.py": "the inputs",
    "patients/merging.py": "matches what was typed",
    "patients/replacing.py": "the inputs",
}
"""Modules that read of a patient what says who they are, and draw none of it but as is said."""
TELLING = frozenset(
    [
        "first_name",
        "last_name",
        "date_of_birth",
        "born",
        "birth_year",
        "phone_number",
        "phone_end",
        "email",
        "patient_mrn",
    ]
)
CALLED = frozenset({"full_name", "initials", "patient_shown"})


def test_no_other_module_draws_who_a_patient_is() -> None:
    here = Path(cocm_bot.slack.__file__).parent
    found = {
        path.relative_to(here).as_posix()
        for path in here.rglob("*.py")
        if any(_tells(node) for node in ast.walk(ast.parse(path.read_text())))
    }
    drawn = {each for each in found if not each.startswith(NAMES_MEMBERS)}
    assert drawn - set(READS) == {"shared_views/identity.py"}


def _tells(node: ast.AST) -> bool:
    if isinstance(node, ast.Attribute):
        return node.attr in TELLING
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in CALLED


@pytest.mark.parametrize("much", Shown)
def test_nothing_shows_more_than_windows_may(much: Shown) -> None:
    """Only the value that says so shows names, for any other setting and any stored value."""
    for screens in Shown:
        chosen = Disclosure(screens=screens, direct=much, finance=much)
        order = list(Shown)
        assert order.index(chosen.in_messages) == min(order.index(much), order.index(screens))
        assert chosen.in_billing is chosen.in_messages
        here = registry().model_copy(update={"disclosure": chosen})
        assert identity.names_shown(here) == (screens is Shown.NAME)
        said = " ".join((*identity.found_as(ENTRY, here, 24), identity.audited(ENTRY, here)))
        assert ("Zephyrine" in said, "QX-77310" in said) == ((screens is Shown.NAME),) * 2
        assert (HERE in said) == (screens is Shown.INITIALS)


def test_an_unknown_value_of_the_setting_lets_nobody_see_anything() -> None:
    with pytest.raises(ValueError, match="screens"):
        Disclosure.model_validate({"screens": "everything"})


@pytest.mark.parametrize(
    ("born", "shown", "withheld"),
    [
        ("1984-02-29", "42 years", "42 years"),
        ("2025-03-01", "1 year", "1 year"),
        ("1936-11-29", "90 years", "90 years or older"),
        ("1936-11-30", "89 years", "89 years"),
        ("1901-01-01", "125 years", "90 years or older"),
        ("", "birth date not known", "birth date not known"),
    ],
)
def test_an_age_stays_until_it_identifies(born: str, shown: str, withheld: str) -> None:
    about, today = build.patient().model_copy(update={"date_of_birth": born}), date(2026, 11, 29)
    told = [identity.years(about, here, today) for here in (registry(), withholding())]
    assert told == [shown, withheld]


def test_who_may_be_the_same_is_shown_by_handle_and_initials() -> None:
    actor = Actor("user-1", "Maya", "Okafor", Role.CARE_MANAGER, is_admin=False, registry=withholding())
    drawn = str(enrolment_view(actor, [], "{}", [Likeness(ENTRY, ("the same name and birth date",))]))
    assert "*K7Q4 · Z.M.*: the same name and birth date" in drawn
    assert traces(drawn) == []


STORED = {
    "patient_mrn": "QX-77310",
    "first_name": "Zephyrine",
    "last_name": "Muñoz-Kvåle",
    "date_of_birth": "1984-02-29",
    "phone_number": "212-555-0187",
    "email": "z@example.org",
    "payer": "Aetna",
}


@pytest.mark.parametrize(
    ("entered", "changed"),
    [
        ({"payer": "Aetna"}, {}),
        ({}, {"payer": ""}),
        ({"payer": "Aetna", "first_name": "Zoe"}, {"first_name": "Zoe"}),
        ({"payer": "Aetna", "patient_mrn": "B-1"}, {"patient_mrn": "B-1"}),
        ({"payer": "Aetna", "date_of_birth": date(1985, 1, 2)}, {"date_of_birth": date(1985, 1, 2)}),
        ({"payer": "Aetna", "removed": (Removed.PHONE,)}, {"phone_number": ""}),
        ({"payer": "Aetna", "removed": tuple(Removed)}, {"phone_number": "", "email": ""}),
        (
            {"payer": "Aetna", "removed": (Removed.EMAIL,), "email": "new@example.org"},
            {"email": "new@example.org"},
        ),
        ({"other_payer": "Acme"}, {"payer": "Acme"}),
    ],
)
def test_what_is_typed_replaces_what_is_stored(entered: dict[str, Any], changed: dict[str, Any]) -> None:
    found = ReplacingForm.model_validate(entered).details(STORED).model_dump()
    assert found == {**STORED, "date_of_birth": BORN, **changed}


@pytest.mark.parametrize("field", ["date_of_birth", "patient_mrn", "first_name"])
def test_what_is_stored_and_unfit_is_asked_for(field: str) -> None:
    """As another system may have left it; the sentence repeats nothing of it."""
    with pytest.raises(InvalidInput, match="Enter it again") as refused:
        ReplacingForm(payer="Aetna").details({**STORED, field: ""})
    assert (refused.value.field, str(refused.value)) == (field, STORED_UNFIT)
