"""Forms that are closed instead of saved: notified at once, listed until settled, and never lost."""

import json

import pytest

from cocm_bot.playground import cast
from cocm_bot.playground.seats.seat import Seat
from cocm_bot.slack.shared_views.unsaved import NOT_SETTLED
from cocm_bot.store import drafts
from tests.rig import forgery
from tests.rig.clinic import Clinic
from tests.rig.scenes import ANA, add_patient, sees

ITEM_9 = "PHQ-9 item 9"
CLOSED = "A window was closed: nothing was saved"
AT_RISK = "A self-harm answer above 0 was entered. Nobody has been notified."


@pytest.fixture
def maya(clinic: Clinic) -> Seat:
    return clinic.seat()


def opened(clinic: Clinic, maya: Seat) -> str:
    handle = add_patient(maya)
    # Saving is answered before its own draft is gone.
    clinic.workspace.wait_until(lambda: not kept(clinic), "the draft of the enrolment to go")
    maya.press("Log a contact")
    sees(maya, "Log a contact", "PHQ-9 total")
    return handle


def notes(clinic: Clinic) -> list[str]:
    """The notifications of what was closed."""
    calls = clinic.calls("chat.postMessage")
    return [str(call.arguments["text"]) for call in calls if call.arguments["text"] == CLOSED]


def test_a_contact_closed_after_item_9_is_told_of_at_once_and_gone_on_with(
    clinic: Clinic, maya: Seat
) -> None:
    handle = opened(clinic, maya)
    maya.fill({"Minutes": "25", "PHQ-9 total": "14", ITEM_9: "3 ·"})
    sees(maya, "What did you do about it?")
    maya.fill({"What did you do about it?": "Called her husband", "Note": "Crying on the phone"})
    maya.close(everything=True)
    clinic.workspace.wait_until(lambda: notes(clinic) == [CLOSED], "the message")
    maya.go(cast.BOT)
    message = sees(maya, "Nothing was saved.", f"{handle} · A.M.", AT_RISK, "It was a slip")
    assert "Muñoz" not in message
    assert "husband" not in message

    maya.press("Continue with what I typed")
    sees(maya, "Log a contact", "3 · nearly every day", "Called her husband", "Crying on the phone")
    assert maya.submit() is None
    sees(maya, "Saved.", "Risk screen")
    [ana] = clinic.patients()
    assert (ana.treatment_logs[0].self_harm, ana.treatment_logs[0].note) == (
        {"PHQ-9": 3},
        "Crying on the phone",
    )
    clinic.workspace.wait_until(lambda: not kept(clinic), "the draft to go")


def kept(clinic: Clinic) -> list[drafts.Draft]:
    return drafts.of(clinic.ctx.table, clinic.member("Maya Okafor").user_id)


def test_until_one_is_pressed_it_is_listed_and_a_slip_ends_it(clinic: Clinic, maya: Seat) -> None:
    handle = opened(clinic, maya)
    maya.fill({"PHQ-9 total": "9", ITEM_9: "1 ·"})
    sees(maya, "What did you do about it?")
    maya.close(everything=True)
    clinic.workspace.wait_until(lambda: notes(clinic) == [CLOSED], "the message")
    maya.open_home()
    home = sees(maya, AT_RISK, "Not saved:", f"{handle} · A.M.", NOT_SETTLED)
    assert "Nothing is due for your patients today." not in home
    clinic.clock.forward(days=60)
    maya.command("/cocm today")
    sees(maya, AT_RISK, "Not saved:")
    maya.press("It was a slip")
    clinic.workspace.wait_until(lambda: not kept(clinic), "the draft to go")
    clinic.workspace.wait_until(
        lambda: maya.message and "Not saved" not in str(maya.message.blocks), "the list without it"
    )
    [ana] = clinic.patients()
    assert ana.treatment_logs == ()


def test_the_worklist_sounds_settled_only_once_the_answer_is(clinic: Clinic, maya: Seat) -> None:
    opened(clinic, maya)
    maya.fill({"PHQ-9 total": "9", ITEM_9: "1 ·"})
    sees(maya, "What did you do about it?")
    maya.close(everything=True)
    clinic.workspace.wait_until(lambda: notes(clinic) == [CLOSED], "the message")
    maya.command("/cocm today")
    assert "Nothing is due for your patients today." not in sees(maya, AT_RISK, NOT_SETTLED)


@pytest.mark.parametrize(
    ("menu", "way", "label"),
    [
        ("", "Log a contact", "Note"),
        ("", "Raise a flag", "Why"),
        ("More…", "Risk screen", "In words"),
        ("More…", "Safety plan", "1 · Warning signs"),
        ("More…", "Edit details", "First name"),
        ("More…", "Deactivate", "In words"),
    ],
)
def test_no_longer_form_loses_what_was_typed(
    clinic: Clinic, maya: Seat, menu: str, way: str, label: str
) -> None:
    add_patient(maya)
    if menu:
        maya.choose(menu, way)
    else:
        maya.press(way)
    sees(maya, label)
    maya.fill({label: "Sleeps better"})
    maya.close()
    clinic.workspace.wait_until(lambda: notes(clinic) == [CLOSED], "the message")
    maya.close(everything=True)
    maya.go(cast.BOT)
    assert AT_RISK not in sees(maya, "Nothing was saved.")
    maya.press("Continue with what I typed")
    sees(maya, "Sleeps better")


def test_an_enrolment_is_kept_too_and_names_nobody(clinic: Clinic, maya: Seat) -> None:
    maya.command("/cocm add")
    maya.fill({"MRN": ANA["MRN"], "Last name": "Muñoz"})
    maya.close()
    clinic.workspace.wait_until(lambda: notes(clinic) == [CLOSED], "the message")
    maya.go(cast.BOT)
    assert "Muñoz" not in sees(maya, "You closed “Add a patient”; what you typed is kept for you.")
    maya.press("Drop it")
    sees(maya, "Dropped. Nothing was saved.")
    assert kept(clinic) == []


def test_a_form_closed_with_nothing_typed_says_nothing(clinic: Clinic, maya: Seat) -> None:
    opened(clinic, maya)
    maya.fill({"Contact type": "Psychiatric Consultation"})
    sees(maya, "Recommendation")
    maya.close(everything=True)
    maya.command("/cocm today")
    sees(maya, "Today")
    assert (notes(clinic), kept(clinic)[0].form if kept(clinic) else "") == ([], "")


def test_an_answer_taken_back_is_no_risk_any_more(clinic: Clinic, maya: Seat) -> None:
    opened(clinic, maya)
    maya.fill({ITEM_9: "1 ·"})
    sees(maya, "What did you do about it?")
    clinic.workspace.wait_until(lambda: [each.at_risk for each in kept(clinic)] == [True], "the draft")
    maya.fill({ITEM_9: "0 ·"})
    clinic.workspace.wait_until(lambda: [each.at_risk for each in kept(clinic)] == [False], "the change")
    maya.close(everything=True)
    clinic.workspace.wait_until(lambda: notes(clinic) == [CLOSED], "the message")
    maya.go(cast.BOT)
    assert AT_RISK not in sees(maya, "Nothing was saved.")


def test_what_is_typed_after_the_closing_arrived_is_told_of_too(clinic: Clinic, maya: Seat) -> None:
    """Slack may deliver the closing first: the last change still finds its person."""
    opened(clinic, maya)
    view = maya.view
    assert view is not None
    user = clinic.member("Maya Okafor").user_id
    maya.close(everything=True)
    clinic.workspace.wait_until(lambda: len(kept(clinic)) == 1, "the closing")
    draft = drafts.Draft(
        id=kept(clinic)[0].id, registry_id=clinic.registry_id, form="contact", view="{}", typed_at=1.0
    )
    assert drafts.keep(clinic.ctx.table, user, draft, 1.0)
    assert drafts.tell(clinic.ctx.table, user, draft.id, 2.0)
    assert not drafts.tell(clinic.ctx.table, user, draft.id, 3.0)


def test_what_arrives_after_the_saving_is_not_kept(clinic: Clinic, maya: Seat) -> None:
    opened(clinic, maya)
    table, user = clinic.ctx.table, clinic.member("Maya Okafor").user_id
    [request_id] = {
        json.loads(each.arguments["view"]["private_metadata"])["request_id"]
        for each in clinic.workspace.calls
        if each.to == "bot" and each.arguments.get("type") == "view_submission"
    }
    late = drafts.Draft(
        id=request_id, registry_id=clinic.registry_id, form="enrolment", view="{}", typed_at=9e9
    )
    assert not drafts.keep(table, user, late, 9e9)
    assert drafts.of(table, user) == []


def test_what_arrives_late_does_not_overwrite_what_was_typed_later(clinic: Clinic) -> None:
    table = clinic.ctx.table
    new, old = (
        drafts.Draft(id="d1", registry_id="r", form="contact", view=text, typed_at=at)
        for text, at in (("new", 20.0), ("old", 10.0))
    )
    assert drafts.keep(table, "u", new, 20.0)
    assert not drafts.keep(table, "u", old, 21.0)
    [stored] = drafts.of(table, "u")
    assert (stored.view, stored.typed_at) == ("new", 20.0)


def test_nobody_is_shown_another_persons_draft(clinic: Clinic, maya: Seat) -> None:
    opened(clinic, maya)
    maya.fill({"Note": "Sleeps better"})
    maya.close(everything=True)
    clinic.workspace.wait_until(lambda: notes(clinic) == [CLOSED], "the message")
    iris = clinic.seat("Iris Lindqvist")
    maya.go(cast.BOT)
    sees(maya, "Nothing was saved.")
    forgery.press(iris, maya, "Continue with what I typed")
    sees(iris, "This draft is gone")
