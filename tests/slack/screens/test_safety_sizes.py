"""Slack takes a safety alert whatever is written in it, and it shows no more than its reader may see."""

from hypothesis import given
from hypothesis import strategies as st

from cocm_bot.domain.access import Action, may
from cocm_bot.domain.records.course import Alert, PatientFlag
from cocm_bot.domain.records.patient import Patient
from cocm_bot.domain.settings.registry_settings import Disclosure, Shown
from cocm_bot.domain.vocabulary import Flag, Role
from cocm_bot.operations.safety.alerts import Case
from cocm_bot.playground.blocks import limits
from cocm_bot.slack.safety.alert_view import alert_message, unreached_message
from cocm_bot.store.sent_messages import SentMessage
from tests.domain.build import contact, patient
from tests.rig import crowd
from tests.rig.clinic import MONDAY
from tests.slack.texts import TEXT
from tests.store.build import registry

PATIENTS = st.sampled_from(crowd.invented(MONDAY))
RAISED = 1_930_000_000.0
ALERTS = st.sampled_from(
    [
        Alert(id="a1", raised_by="user-1", at=RAISED),
        Alert(id="a1", raised_by="user-1", at=RAISED, measures=("PHQ-9", "EPDS"), log_id="log-1"),
        Alert(id="a1", raised_by="who-left", at=RAISED, taken_by="user-1", taken_at=RAISED + 60),
        Alert(id="a1", raised_by="user-1", at=RAISED, over_at=RAISED + 60),
    ]
)


def case(about: Patient, alert: Alert, name: str, words: str, shown: Shown) -> Case:
    flag = PatientFlag(
        flag_type=Flag.SAFETY_RISK, created_by_provider_id="user-1", created_date=RAISED, reason=words
    )
    about = about.model_copy(update={"first_name": name, "last_name": name, "flags": (flag,)})
    told = [SentMessage(user_id=f"user-{n}", channel="D1", ts="1.5", at=RAISED, round=n) for n in range(30)]
    return Case(
        registry=registry().model_copy(update={"name": name or "R", "disclosure": Disclosure(direct=shown)}),
        team=[],
        patient=about,
        alert=alert,
        log=contact("2031-03-03").model_copy(update={"id": "log-1", "safety_action": words}),
        told=told,
    )


@given(PATIENTS, ALERTS, TEXT, TEXT, st.sampled_from(Shown), st.sampled_from(Role), st.booleans())
def test_an_alert_of_any_kind_to_anybody(
    anybody: Patient, alert: Alert, name: str, words: str, shown: Shown, reader: Role, again: bool
) -> None:
    about = case(anybody, alert, name, words, shown)
    message = alert_message(about, reader, RAISED + 3600, again=again)
    short = alert_message(about, reader, RAISED + 3600, again=again, in_short=True)
    for each in (message, short, unreached_message(about, [name] * 9, [name] * 9)):
        assert limits.problems("message", each) == []
    if not may(reader, Action.TAKE_ALERT):
        assert not any(block["type"] == "actions" for block in message["blocks"])


def test_whoever_may_see_no_patient_is_told_the_handle_alone() -> None:
    secret = case(
        patient(), Alert(id="a1", raised_by="u", at=RAISED), "Muñoz", "Called in distress", Shown.NAME
    )
    for reader in Role:
        drawn = str(alert_message(secret, reader, RAISED, again=True)["blocks"][:2])
        shown = [word in drawn for word in ("Called in distress", "Muñoz Muñoz")]
        assert shown == [may(reader, Action.TAKE_ALERT)] * 2
