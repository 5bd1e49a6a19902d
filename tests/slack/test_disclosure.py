"""Messages show as much of a patient as the registry chose, and the notification nothing at all."""

import json

import pytest

from cocm_bot.domain.records.patient import PatientSummary
from cocm_bot.domain.settings.registry_settings import Disclosure, Shown
from cocm_bot.domain.vocabulary import Status
from cocm_bot.operations.registries.registries import change_settings, seal
from cocm_bot.playground import cast
from cocm_bot.playground.state import Call
from cocm_bot.slack.shared_views.identity import told_apart
from tests.domain.build import patient
from tests.rig import identifying
from tests.rig.clinic import Clinic
from tests.rig.scenes import ASSESSED, add_patient, log_contact, sees
from tests.store.build import registry

LEVELS = {
    Shown.HANDLE: (),
    Shown.INITIALS: ("A.M.",),
    Shown.NAME: ("Ana", "Muñoz"),
}
KINDS = {
    "Your worklist",
    "The caseload",
    "Your caseload for today",
    "Your review list for today",
    "A patient needs your attention now",
    "A recommendation awaits your answer",
    "A recommendation was answered",
    "A recommendation was made",
}
"""Messages that show a patient, by their notification."""
OF_ANA = ("A.M.", "Ana", "Muñoz", "A-1001", "1984-02-29", "555-010-0134")


@pytest.mark.parametrize(
    ("level", "shown"),
    [
        (Shown.COUNTS, "K7Q4"),
        (Shown.HANDLE, "K7Q4"),
        (Shown.INITIALS, "K7Q4 · A.M. · b. 1984"),
        (Shown.NAME, "K7Q4 · Ana Muñoz · b. 1984"),
    ],
)
def test_a_patient_in_a_message(level: Shown, shown: str) -> None:
    named = {"handle": "K7Q4", "first_name": "Ana", "last_name": "Muñoz", "date_of_birth": "1984-02-29"}
    ana: PatientSummary = patient(Status.TREATMENT).model_copy(update=named)
    chosen = registry().model_copy(update={"disclosure": Disclosure(direct=level)})
    assert told_apart(ana, chosen) == shown


def a_day_of_messages(clinic: Clinic) -> str:
    """Lists, a digest, a safety alert, a recommendation and its answer; returns the patient's handle."""
    maya, iris, samuel = (clinic.seat(name) for name in ("Maya Okafor", "Iris Lindqvist", "Samuel Adeyemi"))
    handle = add_patient(maya)
    maya.close()
    assert log_contact(maya, handle, **ASSESSED) is None
    maya.press("Raise a flag")
    maya.fill({"Flag": ["Safety Risk"], "Why": "Called in distress"})
    assert maya.submit() is None
    maya.close(everything=True)
    clinic.workspace.settled()  # the alert comes before the recommendation
    iris.command(f"/cocm log {handle}")
    iris.fill({"Contact type": "Psychiatric Consultation"})
    sees(iris, "Recommendation")
    iris.fill({"Recommendation": ["Medication"], "Minutes": "5"})
    assert iris.submit() is None
    iris.close(everything=True)
    samuel.go(cast.BOT)
    samuel.press("Accept")
    sees(samuel, "Accepted")
    iris.command(f"/cocm log {handle}")
    iris.fill({"Contact type": "Psychiatric Consultation"})
    sees(iris, "Recommendation")
    iris.fill({"Recommendation": ["Continue as is"]})
    assert iris.submit() is None
    iris.close(everything=True)
    clinic.clock.forward(days=1)
    clinic.bot.clock.tick()
    for command in ("today", "caseload", "digest"):
        before = len(maya.messages())
        maya.command(f"/cocm {command}")
        clinic.workspace.wait_until(lambda: len(maya.messages()) > before, command)  # noqa: B023  (called at once)
    clinic.workspace.settled()
    return handle


def sent(clinic: Clinic) -> list[Call]:
    return [
        call for call in clinic.workspace.calls if call.to == "slack" and call.name in identifying.MESSAGES
    ]


@pytest.mark.parametrize("level", LEVELS)
def test_messages_show_what_the_registry_chose_and_notifications_nothing(
    clinic: Clinic, level: Shown
) -> None:
    actor = clinic.actor()
    change_settings(clinic.ctx, actor, {"direct": level}, seal(actor.registry))
    handle = a_day_of_messages(clinic)

    about = [call for call in sent(clinic) if handle in json.dumps(call.arguments["blocks"])]
    assert {call.arguments["text"] for call in about} >= KINDS
    for call in about:
        said = json.dumps(_seen(call.arguments["blocks"]), ensure_ascii=False)
        shown = {word for word in OF_ANA if word in said}
        # An alert that goes to those who see no patients has the handle at most.
        assert shown == set(LEVELS[level]) or (not shown and call.arguments["text"] not in KINDS)

    # Why a flag was raised is in the team's own words, which can name somebody.
    lists = [call for call in about if call.arguments["text"] in ("Your worklist", "Your caseload for today")]
    assert {"Called in distress" in json.dumps(call.arguments["blocks"]) for call in lists} == {
        level is Shown.NAME
    }
    maya = clinic.seat()
    maya.open_home()
    sees(maya, "Called in distress")

    notified = [call.arguments["text"] for call in sent(clinic)]
    assert [text for text in notified if any(word in text for word in (*OF_ANA, handle))] == []
    hidden = [text for call in sent(clinic) for text in identifying.hidden(call.arguments)]
    assert [text for text in hidden if any(word in text for word in OF_ANA)] == []


def _seen(part: object) -> object:
    """The texts of blocks, without what nobody sees."""
    if isinstance(part, list):
        return [_seen(each) for each in part]
    if isinstance(part, dict):
        return [
            _seen(value) for name, value in part.items() if name not in ("value", "block_id", "action_id")
        ]
    return part
