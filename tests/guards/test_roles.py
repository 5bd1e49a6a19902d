"""Each role tries everything the bot offers, whether it was offered to them or not.

A way in is a command, a press (button or menu), a note (an input that sends each change), a search, or
the submission of a modal. Presses and submissions are forged: what Slack would send if the person had in
front of them what a care manager has.
"""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest

from cocm_bot.domain.access import ALLOWED, Action
from cocm_bot.domain.settings.registry_settings import Shown
from cocm_bot.domain.vocabulary import Role
from cocm_bot.operations.patients.merging import merging_by_account
from cocm_bot.operations.registries.registries import change_settings, seal
from cocm_bot.playground import cast, views
from cocm_bot.playground.seats.seat import Seat
from cocm_bot.playground.state import Call
from cocm_bot.slack.app import FEATURES
from cocm_bot.slack.commands import COMMANDS
from cocm_bot.slack.runtime.router import Router
from cocm_bot.slack.shared_views.card_actions import CARD_ACTIONS
from cocm_bot.store.audit.access_log import AccessEntry
from tests.rig import forged
from tests.rig.clinic import TEAM, Clinic, running_clinic
from tests.rig.scenes import ANA, ASSESSED, add_patient, deactivate, log_contact, sees

pytestmark = pytest.mark.slow

TABLE = """
                                                    Maya  Iris  Samuel  Lena  Omar
command help                     -                  yes   yes   yes     yes   yes
command today                    VIEW_CASELOAD      yes   yes   yes     no    no
command caseload                 VIEW_CASELOAD      yes   yes   yes     no    no
command patient                  SEARCH             yes   yes   yes     no    no
command add                      ENROL_PATIENT      yes   no    no      no    no
command log                      LOG_CONTACT        yes   yes   no      no    no
command review                   REVIEW_CASELOAD    yes   yes   no      no    no
command digest                   -                  yes   yes   yes     yes   yes
command remind                   -                  yes   yes   yes     yes   yes
command away                     BE_AWAY            yes   yes   yes     yes   no
command handover                 HAND_OVER          yes   no    no      yes   no
command billing                  VIEW_BILLING       no    no    no      no    yes
command figures                  -                  yes   ops   ops     yes   ops
command export                   EXPORT_PATIENT     yes   yes   yes     no    no
command import                   -                  yes   admin admin   admin admin
command registry                 -                  yes   yes   yes     yes   yes
command measures                 -                  yes   admin admin   admin admin
command team                     VIEW_TEAM          yes   yes   yes     yes   yes
command audit                    -                  yes   admin admin   admin admin
command status                   -                  yes   admin admin   admin admin
write message                    -                  yes   yes   yes     yes   yes
press command:help               -                  yes   yes   yes     yes   yes
press command:today              VIEW_CASELOAD      yes   yes   yes     no    no
press command:caseload           VIEW_CASELOAD      yes   yes   yes     no    no
press command:patient            -                  yes   yes   yes     yes   yes
press command:add                ENROL_PATIENT      yes   no    no      no    no
press command:log                LOG_CONTACT        yes   yes   no      no    no
press command:review             REVIEW_CASELOAD    yes   yes   no      no    no
press command:digest             -                  yes   yes   yes     yes   yes
press command:remind             -                  yes   yes   yes     yes   yes
press command:away               BE_AWAY            yes   yes   yes     yes   no
press command:handover           HAND_OVER          yes   no    no      yes   no
press command:export             EXPORT_PATIENT     yes   yes   yes     no    no
press command:import             -                  yes   admin admin   admin admin
press command:billing            VIEW_BILLING       no    no    no      no    yes
press command:figures            -                  yes   ops   ops     yes   ops
press command:registry           -                  yes   yes   yes     yes   yes
press command:measures           -                  yes   admin admin   admin admin
press command:team               VIEW_TEAM          yes   yes   yes     yes   yes
press command:audit              -                  yes   admin admin   admin admin
press command:status             -                  yes   admin admin   admin admin
press team-page:next             VIEW_TEAM          yes   yes   yes     yes   yes
press team-roles                 -                  yes   yes   yes     yes   yes
press team-member                -                  yes   admin admin   admin admin
press team-admin                 -                  yes   admin admin   admin admin
press team-remove                -                  yes   admin admin   admin admin
press team-forget-account        -                  yes   admin admin   admin admin
press team-let-in                -                  yes   admin admin   admin admin
press team-invite-again          -                  yes   admin admin   admin admin
press team-invite-withdraw       -                  yes   admin admin   admin admin
press team-handover              HAND_OVER          yes   no    no      yes   no
press audit-page:2               -                  yes   admin admin   admin admin
press shortcut:patient           -                  yes   yes   yes     yes   yes
press shortcut:add               ENROL_PATIENT      yes   no    no      no    no
press shortcut:log               LOG_CONTACT        yes   yes   no      no    no
press today-page:2               VIEW_CASELOAD      yes   yes   yes     no    no
press caseload-page:2            VIEW_CASELOAD      yes   yes   yes     no    no
press billing-page:2             VIEW_BILLING       no    no    no      no    yes
press billing-part:READY         VIEW_BILLING       no    no    no      no    yes
press billing-payer              VIEW_BILLING       no    no    no      no    yes
press billing-file:csv           VIEW_BILLING       no    no    no      no    yes
press billing-month              VIEW_BILLING       no    no    no      no    yes
press billing-close              VIEW_BILLING       no    no    no      no    yes
press figures-counted            -                  yes   ops   ops     care  care
press figures-counted-figure     -                  yes   ops   ops     care  care
press figures-file:xlsx          -                  yes   ops   ops     yes   ops
press patient-menu               VIEW_PATIENT       yes   yes   yes     no    no
press patient-pick               LOG_CONTACT        yes   yes   no      no    no
press find-patient               VIEW_PATIENT       yes   yes   yes     no    no
press find-contact               LOG_CONTACT        yes   yes   no      no    no
search find-patient              SEARCH             yes   yes   yes     no    no
search find-contact              SEARCH             yes   yes   yes     no    no
press card-more                  CHANGE_STATUS      yes   no    no      no    no
press card-log                   LOG_CONTACT        yes   yes   no      no    no
press card-timer                 LOG_CONTACT        yes   yes   no      no    no
press card-correct               CORRECT_CONTACT    yes   yes   no      no    no
press card-flag                  RAISE_FLAG         yes   yes   yes     no    no
press card-resolve               RESOLVE_FLAG       yes   yes   yes     no    no
press card-history               VIEW_PATIENT       yes   yes   yes     no    no
press card-changes               VIEW_PATIENT       yes   yes   yes     no    no
press card-print                 EXPORT_PATIENT     yes   yes   yes     no    no
press export-file:xlsx           EXPORT_PATIENT     yes   yes   yes     no    no
press import-answer              -                  yes   admin admin   admin admin
press import-apply               -                  yes   admin admin   admin admin
press import-drop                -                  yes   admin admin   admin admin
press import-undo                -                  yes   admin admin   admin admin
press card-trend                 VIEW_PATIENT       yes   yes   yes     no    no
press card-status                CHANGE_STATUS      yes   no    no      no    no
press card-deactivate            CHANGE_STATUS      yes   no    no      no    no
press card-reopen                CHANGE_STATUS      yes   no    no      no    no
press card-undo                  CHANGE_STATUS      yes   no    no      no    no
press card-outcome               LOG_CONTACT        yes   yes   no      no    no
press card-consent               RECORD_CONSENT     yes   no    yes     no    no
press card-risk-screen           SCREEN_RISK        yes   yes   yes     no    no
press card-safety-plan           SCREEN_RISK        yes   yes   yes     no    no
press card-safety-plan-text      VIEW_PATIENT       yes   yes   yes     no    no
press card-plan                  WRITE_PLAN         yes   yes   no      no    no
press card-plan-text             VIEW_PATIENT       yes   yes   yes     no    no
press card-edit                  EDIT_PATIENT       yes   no    no      no    no
press card-care                  EDIT_CARE          yes   yes   yes     no    no
press card-medication            RECORD_MEDICATION  yes   yes   yes     no    no
press card-assign                ASSIGN             yes   no    no      no    no
press card-snooze                SNOOZE             yes   no    no      no    no
press card-snooze-end            SNOOZE             yes   no    no      no    no
press card-merge                 VIEW_PATIENT       yes   admin admin   no    no
press card-merge-undo            VIEW_PATIENT       yes   admin admin   no    no
press digest-worklist            VIEW_CASELOAD      yes   yes   yes     no    no
press work-list:consults         VIEW_CASELOAD      yes   yes   yes     no    no
press work-page:2                VIEW_CASELOAD      yes   yes   yes     no    no
press card-answer                ANSWER_RECOMMENDATION yes no   yes     no    no
press contact-type               LOG_CONTACT        yes   yes   no      no    no
press contact-no-show            LOG_CONTACT        yes   yes   no      no    no
press line-form                  LOG_CONTACT        yes   yes   no      no    no
press line-undo                  CORRECT_CONTACT    yes   yes   no      no    no
note contact-item                LOG_CONTACT        yes   yes   no      no    no
note input                       -                  yes   yes   yes     yes   yes
press draft-continue             -                  yes   yes   yes     yes   yes
press draft-drop                 -                  yes   yes   yes     yes   yes
press contact-by-item:PHQ-9      LOG_CONTACT        yes   yes   no      no    no
press history-page:2             VIEW_PATIENT       yes   yes   yes     no    no
press changes-page:2             VIEW_PATIENT       yes   yes   yes     no    no
press correction-page:2          CORRECT_CONTACT    yes   yes   no      no    no
press correction-pick            CORRECT_CONTACT    yes   yes   no      no    no
press timer-show                 -                  yes   yes   yes     yes   yes
press timer-log                  LOG_CONTACT        yes   yes   no      no    no
press timer-discard              LOG_CONTACT        yes   yes   no      no    no
press timer-move                 LOG_CONTACT        yes   yes   no      no    no
press review-next                REVIEW_CASELOAD    yes   yes   no      no    no
press review-skip                REVIEW_CASELOAD    yes   yes   no      no    no
press review-back                REVIEW_CASELOAD    yes   yes   no      no    no
press review-post                REVIEW_CASELOAD    yes   yes   no      no    no
press review-print               REVIEW_CASELOAD    yes   yes   no      no    no
press review-resume              REVIEW_CASELOAD    yes   yes   no      no    no
press review-start-over          REVIEW_CASELOAD    yes   yes   no      no    no
press review-open                VIEW_PATIENT       yes   yes   yes     no    no
press review-record              LOG_CONTACT        yes   yes   no      no    no
press safety-open                VIEW_PATIENT       yes   yes   yes     no    no
press safety-take                TAKE_ALERT         yes   yes   yes     no    no
press card-take                  TAKE_ALERT         yes   yes   yes     no    no
press recommendation-accept      ANSWER_RECOMMENDATION yes no   yes     no    no
press recommendation-done        ANSWER_RECOMMENDATION yes no   yes     no    no
press recommendation-decline     ANSWER_RECOMMENDATION yes no   yes     no    no
press caseload-several           EXPORT_HANDLES     yes   yes   yes     no    no
press bulk-show                  HAND_OVER          yes   no    no      asker no
press bulk-undo                  HAND_OVER          yes   no    no      asker no
press measures-lines             -                  yes   admin admin   admin admin
press measures-define            -                  yes   admin admin   admin admin
press team-invite                -                  yes   admin admin   admin admin
press invite-accept              -                  yes   yes   yes     yes   yes
press invite-decline             -                  yes   yes   yes     yes   yes
press home-invite-accept         -                  yes   yes   yes     yes   yes
press home-invite-decline        -                  yes   yes   yes     yes   yes
press registry-new               -                  named named named   named named
press registry-switch            -                  yes   yes   yes     yes   yes
press registry-rename            -                  yes   admin admin   admin admin
press registry-settings          -                  yes   admin admin   admin admin
press registry-stats             -                  yes   ops   ops     yes   ops
press settings-section:billing   -                  yes   admin admin   admin admin
search settings-zone             -                  yes   yes   yes     yes   yes
search settings-holidays         -                  yes   yes   yes     yes   yes
press home-registry              -                  yes   yes   yes     yes   yes
press registry-choice            -                  yes   yes   yes     yes   yes
submit enrolment                 ENROL_PATIENT      yes   no    no      no    no
submit contact                   LOG_CONTACT        yes   yes   no      no    no
submit correction                CORRECT_CONTACT    yes   own   no      no    no
submit flag-raise                RAISE_FLAG         yes   yes   yes     no    no
submit flag-resolve              RESOLVE_FLAG       yes   yes   yes     no    no
submit status-move               CHANGE_STATUS      yes   no    no      no    no
submit status-deactivate         CHANGE_STATUS      yes   no    no      no    no
submit status-reopen             CHANGE_STATUS      yes   no    no      no    no
submit status-undo               CHANGE_STATUS      yes   no    no      no    no
submit consent                   RECORD_CONSENT     yes   no    yes     no    no
submit risk-screen               SCREEN_RISK        yes   yes   yes     no    no
submit safety-plan               SCREEN_RISK        yes   yes   yes     no    no
submit plan                      WRITE_PLAN         yes   yes   no      no    no
submit edit                      EDIT_PATIENT       yes   no    no      no    no
submit care                      EDIT_CARE          yes   yes   yes     no    no
submit medication                RECORD_MEDICATION  yes   yes   yes     no    no
submit assignment                ASSIGN             yes   no    no      no    no
submit snooze                    SNOOZE             yes   no    no      no    no
submit snooze-end                SNOOZE             yes   no    no      no    no
submit merge                     VIEW_PATIENT       yes   admin admin   no    no
submit merge-now                 VIEW_PATIENT       yes   admin admin   no    no
submit merge-undo                VIEW_PATIENT       yes   admin admin   no    no
submit remind                    -                  yes   yes   yes     yes   yes
submit absence                   HAND_OVER          yes   no    no      yes   no
submit handover                  HAND_OVER          yes   no    no      yes   no
submit bulk-confirm              HAND_OVER          yes   no    no      asker no
submit several-choose assign     ASSIGN             yes   no    no      no    no
submit several-choose flag       RAISE_FLAG         yes   yes   yes     no    no
submit several-choose export     EXPORT_HANDLES     yes   yes   yes     no    no
submit recommendation-declined   ANSWER_RECOMMENDATION yes no   yes     no    no
submit recommendation-answered   ANSWER_RECOMMENDATION yes no   yes     no    no
submit team-invite               -                  yes   admin admin   admin admin
submit team-member               -                  yes   admin admin   admin admin
submit team-let-in               -                  yes   admin admin   admin admin
submit registry-create           -                  named named named   named named
submit registry-renamed          -                  yes   admin admin   admin admin
submit settings                  -                  yes   admin admin   admin admin
submit import-answers            -                  yes   admin admin   admin admin
submit measures-choose           -                  yes   admin admin   admin admin
submit measures-lines-set        -                  yes   admin admin   admin admin
submit measures-defined          -                  yes   admin admin   admin admin
"""
"""The answer each gets for a way in; `-` needs no action that a role has or has not.

Where a role might, `admin` is refused to those who are none, `own` because another recorded it, `named` to
those who may not set up a registry, `asker` because another asked for it, `ops` to those who are neither an
admin nor Clinical Ops, `care` to those whose role sees no patients.
"""
OTHERWISE = {
    "admin": "Only an admin of th",
    "own": "You may correct only what you recorded yourself.",
    "asker": "Only the person who asked for this",
    "named": "Only people named by whoever runs the bot",
    "ops": "figures. Ask a Clinical Ops.",
    "care": "you may not see the caseload. Ask a Care Manager",
}

HOMES = {
    "Maya Okafor": "My day",
    "Iris Lindqvist": "My day",
    "Samuel Adeyemi": "My day",
    "Lena Novak": "From enrollment to assessment",
    "Omar Haddad": "Billing",
}
"""The parts of App Home only one role sees: the only way to the program's figures."""


@dataclass(frozen=True)
class Way:
    """A way in, what it needs, and what each of the team gets."""

    kind: str
    name: str
    variant: str
    action: Action | None
    cells: Mapping[str, str]

    def __str__(self) -> str:
        return " ".join(filter(None, (self.kind, self.name, self.variant)))


def ways() -> Iterator[Way]:
    header, *lines = TABLE.strip().splitlines()
    assert header.split() == [name.split()[0] for name in TEAM]
    for line in lines:
        kind, name, *variant, action, maya, iris, samuel, lena, omar = line.split()
        cells = dict(zip(TEAM, (maya, iris, samuel, lena, omar), strict=True))
        yield Way(kind, name, " ".join(variant), None if action == "-" else Action[action], cells)


WAYS = list(ways())


class Listed(Router):
    """Writes down what the features register."""

    def __init__(self) -> None:
        self.found: list[tuple[str, str]] = []

    def command(self, name: str, choose: Any) -> None:
        del name, choose

    def opens(self, action_id: str | re.Pattern[str], *_: Any, **__: Any) -> None:
        self.found.append(("press", action_id if isinstance(action_id, str) else action_id.pattern))

    def menu(self, action_id: str) -> None:
        self.found.append(("press", action_id))

    def shortcut(self, callback_id: str, *_: Any) -> None:
        self.found.append(("press", callback_id))

    def redraws(self, action_id: str | re.Pattern[str], *_: Any, **__: Any) -> None:
        self.found.append(("press", action_id if isinstance(action_id, str) else action_id.pattern))

    def suggestions(self, action_id: str, _find: Any) -> None:
        self.found.append(("search", action_id))

    def answers(self, action_id: str, _draw: Any) -> None:
        self.found.append(("press", action_id))

    def follows(self, action_id: str | re.Pattern[str], _work: Any) -> None:
        self.found.append(("note", action_id if isinstance(action_id, str) else action_id.pattern))

    def closed(self, callback_id: str | re.Pattern[str], follow: Any) -> None:
        del callback_id, follow

    def written(self, choose: Any) -> None:
        del choose
        self.found.append(("write", "message"))

    def finished(self, follow: Any) -> None:
        del follow

    def submission(self, callback_id: str, _save: Any) -> None:
        self.found.append(("submit", callback_id))

    def home(self, draw: Any) -> None:
        del draw

    def saved(self, follow: Any) -> None:
        del follow

    def heard(self, event: str, follow: Any) -> None:
        """Slack's own events, which are nobody's request."""


def registered() -> list[tuple[str, str]]:
    listed = Listed()
    for feature in FEATURES:
        feature.register(listed)
    return [("command", command.name) for command in COMMANDS] + listed.found


def covers(way: Way, kind: str, name: str) -> bool:
    pattern = name if name.startswith("^") else f"^{re.escape(name)}$"
    return way.kind == kind and re.match(pattern, way.name) is not None


# --- nothing is forgotten ---------------------------------------------------------------------------------


def test_every_way_in_is_in_the_table() -> None:
    found = registered()
    assert [each for each in found if not any(covers(way, *each) for way in WAYS)] == []
    assert [str(way) for way in WAYS if not any(covers(way, *each) for each in found)] == []
    assert {each.action_id for each in CARD_ACTIONS} <= {way.name for way in WAYS}


def test_every_action_is_in_the_table_as_the_code_has_it() -> None:
    # The program's figures can't be asked for: App Home shows them to those they are for, see below.
    assert {way.action for way in WAYS} == {None, *Action} - {Action.VIEW_FIGURES}
    for way in WAYS:
        allowed = {role for role in Role if way.action is None or way.action in ALLOWED[role]}
        assert (str(way), allowed) == (
            str(way),
            {TEAM[name] for name, cell in way.cells.items() if cell != "no"},
        )


# --- everybody tries everything ---------------------------------------------------------------------------


ANSWERS = {"views.update", "views.publish", "response_url"}
"""The calls that answer a command or a press; before them a modal only says that it is loading."""


@dataclass
class Scene:
    """A clinic with two patients, and the modals that were filled in there and not sent."""

    clinic: Clinic
    handle: str = ""
    left: str = ""
    """The handle of a patient who left."""
    joined: str = ""
    """The handle of a record that another was merged into."""
    entry: str = ""
    advice: str = ""
    change: str = ""
    """The id of a handover that Maya has not confirmed yet."""
    spare: str = ""
    """The user id of a member whom nobody misses."""
    filled: dict[str, dict[str, Any]] = field(default_factory=dict)
    """The submissions as Slack would send them: by callback id, with the records behind each in the table."""

    def keep(self, seat: Seat, values: dict[str, Any] | None = None, variant: str = "") -> None:
        """Fill the modal in front, keep it, and leave it."""
        self.clinic.workspace.settled()  # the modal may be about to come
        self.clinic.workspace.wait_until(
            lambda: seat.view is not None and seat.view.payload["callback_id"] != "loading", "the modal"
        )
        seat.fill(values or {})
        assert seat.view is not None
        shown = views.as_slack(seat.view)
        self.filled[" ".join(filter(None, (shown["callback_id"], variant)))] = shown
        seat.close(everything=True)


@pytest.fixture(scope="module")
def scene(endpoint: str) -> Iterator[Scene]:
    with running_clinic(endpoint) as clinic:
        clinic.add_member("Noor Rahimi", Role.CARE_MANAGER)
        clinic.add_member("Spare Person", Role.CARE_MANAGER)
        scene = Scene(clinic, spare=clinic.member("Spare Person").user_id)
        patients_of(scene, clinic.seat(), clinic.seat("Iris Lindqvist"))
        modals_of(scene, clinic.seat())
        noor = clinic.seat("Noor Rahimi")
        noor.command("/cocm registry new")
        scene.keep(noor, {"Name": "Lakeside", "Your role": "Care Manager"})
        samuel = clinic.seat("Samuel Adeyemi")
        samuel.go(cast.BOT)
        samuel.press("Decline…")
        scene.keep(samuel, {"Why": "Allergic"})
        yield scene


def patients_of(scene: Scene, maya: Seat, iris: Seat) -> None:
    """Bea, who left; Ana, in treatment, flagged, with a recommendation that nobody answered."""
    scene.left = add_patient(maya, MRN="A-9", **{"First name": "Bea"})
    maya.choose("More…", "Change status")
    scene.keep(maya)
    maya.command(f"/cocm patient {scene.left}")
    maya.choose("More…", "Deactivate")
    maya.fill({"Reason": "Declined"})
    assert deactivate(maya) is None
    sees(maya, "Deactivated: Declined.")
    maya.press("Reopen")
    scene.keep(maya, {"Why": "Asked to come back"})
    maya.command(f"/cocm patient {scene.left}")
    maya.press("Undo the deactivation")
    scene.keep(maya)

    scene.joined = add_patient(maya, MRN="A-7", **{"First name": "Cleo"})
    maya.close(everything=True)
    other = add_patient(maya, MRN="A-8", **{"First name": "Clea"})
    maya.close(everything=True)
    merging_by_account(scene.clinic.ctx, scene.clinic.registry_id, "nora").merge(scene.joined, other)

    scene.handle = add_patient(maya)
    maya.close()
    assert log_contact(maya, scene.handle, **ASSESSED) is None
    maya.press("Raise a flag")
    maya.fill({"Flag": ["Needs Discussion"], "Why": "School leave"})
    assert maya.submit() is None
    sees(maya, "Raised: Needs Discussion.")
    scene.keep(maya)
    iris.command(f"/cocm log {scene.handle}")
    iris.fill({"Contact type": "Psychiatric Consultation"})
    sees(iris, "Recommendation")
    iris.fill({"Recommendation": ["Medication"], "Minutes": "5"})
    assert iris.submit() is None
    iris.close()
    [ana] = [each for each in scene.clinic.patients() if each.handle == scene.handle]
    scene.entry, scene.advice = ana.treatment_logs[0].id, ana.recommendations[0].id


def modals_of(scene: Scene, maya: Seat) -> None:
    """Requests Maya could send: there is nothing wrong with them but who sends them."""

    def opened(words: str) -> None:
        maya.command(f"/cocm patient {scene.handle}")
        sees(maya, "Ana Muñoz", "Latest contacts")
        [entry] = [each for each in CARD_ACTIONS if each.label == words]
        if entry.button:
            maya.press(words)
        else:
            maya.choose("More…", words)

    maya.command("/cocm add")
    scene.keep(maya, {**ANA, "MRN": "A-2"})
    maya.command(f"/cocm log {scene.handle}")
    scene.keep(maya, {"Minutes": "20"})
    plan = {"Warning signs": "a", "What helps": "b", "Who to call": "c", "Next check": "2031-04-07"}
    fillings: dict[str, dict[str, Any]] = {
        "Raise a flag": {"Flag": ["Review with Psychiatrist"], "Why": "No better"},
        "Resolve a flag": {"What was done": "Talked"},
        "Risk screen": {
            **dict.fromkeys(("1 · Wish to be dead", "2 · Thoughts of suicide"), "No"),
            "6 · Suicidal behavior": "Never",
        },
        "Safety plan": {"1 · Warning signs": "Not sleeping"},
        "Record consent": {},
        "Relapse prevention plan": {**plan, "Minutes": "5"},
        "Edit details": {"Phone": "555-010-0199"},
        "Care details": {"Diagnoses": "F33.1 Recurrent depression"},
        "Medication": {"Medication changes": "started Sertraline, 50 mg"},
        "Assign": {"Care manager": "Noor Rahimi"},
        "Answer the recommendation": {"Your answer": "Accepted"},
    }
    for words, values in fillings.items():
        opened(words)
        scene.keep(maya, values)
    opened("Deactivate")
    maya.fill({"Reason": "Declined"})
    assert maya.submit() is None
    sees(maya, "Press Deactivate again")
    scene.keep(maya)
    opened("Correct an entry")
    maya.press("Correct", near="Initial Assessment")
    scene.keep(maya, {"Minutes": "50", "Why is the old entry wrong?": "Typed wrong"})

    merges_of(scene, maya)
    opened("Snooze")
    maya.fill({"Why": "On holiday"})
    scene.keep(maya)
    opened("Snooze")
    maya.fill({"Why": "On holiday"})
    assert maya.submit() is None
    maya.close(everything=True)  # or the card of before is taken for the next one
    opened("End the snooze")
    scene.keep(maya)
    maya.command("/cocm remind")
    scene.keep(maya)

    maya.command("/cocm away")
    scene.keep(maya, {"Until": "2031-03-10", "Covered by": "Noor Rahimi"})
    maya.command("/cocm handover")
    scene.keep(maya, {"From": "Maya Okafor", "To": "Noor Rahimi"})
    maya.command("/cocm handover")
    maya.fill({"From": "Maya Okafor", "To": "Noor Rahimi"})
    assert maya.submit() is None
    scene.keep(maya)
    scene.change = json.loads(scene.filled["bulk-confirm"]["private_metadata"])["request_id"]
    for variant, values in {
        "assign": {"What to do": "Assign to…", "Care manager": "Noor Rahimi"},
        "flag": {"What to do": "Flag for discussion", "Reason": "Transport"},
        "export": {"What to do": "Export the handles"},
    }.items():
        maya.command("/cocm caseload all")
        maya.press("caseload-several")
        scene.keep(maya, {"Patients": [scene.handle], **values}, variant)
    settings_of(scene, maya)


def merges_of(scene: Scene, maya: Seat) -> None:
    """Requests an admin who sees patients could send to merge two records, and to undo that."""
    for step in ("chosen", "compared"):
        maya.command(f"/cocm patient {scene.handle}")
        maya.choose("More…", "Merge with another record")
        if step == "compared":
            maya.fill({"The other record": scene.left})
            assert maya.submit() is None
            sees(maya, "goes into")
        scene.keep(maya, {"The other record": scene.left} if step == "chosen" else {})
    maya.command(f"/cocm patient {scene.joined}")
    maya.choose("More…", "Undo a merge")
    scene.keep(maya)


def settings_of(scene: Scene, maya: Seat) -> None:
    """Requests an admin could send on the registry's measures, its settings and its team."""
    maya.command("/cocm measures")
    maya.choose("Lines of a measure…", "PHQ-9")
    scene.keep(maya)
    maya.command("/cocm measures")
    maya.press("measures-define")
    scene.keep(maya, {"Name": "Pain", "Number of items": "1", "Highest score": "10"})
    maya.command("/cocm measures")
    scene.keep(maya)
    for word in ("rename", "settings"):
        maya.command(f"/cocm registry {word}")
        scene.keep(maya)
    maya.upload("caseload.csv", b"MRN,Last Name,First Name,Odd\nB-1,Berg,Bo,1\n", cast.BOT)
    sees(maya, "Dry run: nothing is written yet.")
    maya.press("Answer questions…")
    scene.keep(maya)
    modals_of_the_team(scene, maya)


def modals_of_the_team(scene: Scene, maya: Seat) -> None:
    maya.command("/cocm team")
    maya.press("Change…", near="*Spare Person*")
    scene.keep(maya, {"Role": "Finance"})
    maya.command("/cocm team")
    maya.press("Change…", near="*Spare Person*")
    maya.press("Let an account in…")
    scene.keep(maya, {"Slack account": ["Daria Petrov"]})
    forged.click(scene.clinic, maya.person.id, "team-invite", "")
    somebody = {"Or by e-mail": "somebody@example.org", "First name": "Some", "Last name": "Body"}
    scene.keep(maya, {**somebody, "Role": "Finance"})


def attempt(scene: Scene, seat: Seat, way: Way) -> None:
    """Go this way, whatever was offered."""
    state, person, handle = scene.clinic.workspace, seat.person, scene.handle
    match way.kind:
        case "command":
            words = handle if way.name in ("patient", "log") else ""
            seat.command(f"/cocm {way.name} {words}")
        case "write":
            written = {"type": "message", "channel_type": "im", "channel": "D1", "user": person.id}
            state.event(written | {"text": "good morning", "ts": f"{state.now():.6f}"})
        case "search":
            forged.search(scene.clinic, person.id, way.name, "Mu")
        case "submit":
            view = scene.filled[" ".join(filter(None, (way.name, way.variant)))]
            forged.submission(scene.clinic, person.id, view)
        case "press" if way.name.startswith("shortcut:"):
            state.shortcut(person.id, way.name)
        case "press" | "note":
            press(scene, person.id, way.name)
            if way.kind == "note":
                state.settled()  # what is noted is answered nowhere


VALUES = {
    "today-page": "today 2",
    "caseload-page": "caseload 2",
    "work-list": "today consults",
    "work-page": "today consults 2",
    **dict.fromkeys(
        ("billing-page", "billing-part", "billing-payer", "billing-file", "billing-month"),
        '["2031-02","ALL",null,2]',
    ),
    "billing-close": "2031-02",
    "figures-counted": "2031-02-01 2031-02-28",
    "figures-file": "2031-02-01 2031-02-28",
    "figures-counted-figure": "Improved",
    "audit-page": "- - 7 1.0 1",
    "team-page": "1",
    "team-member": "{spare} 1",
    "team-admin": "yes",
    "team-handover": "{spare}",
    "team-let-in": "{spare}",
    "team-invite-again": "{entry}",
    "team-invite-withdraw": "{entry}",
    "patient-menu": "open {handle} today",
    "patient-pick": "log {handle} today",
    "card-more": "card-deactivate {handle}",
    "card-reopen": "{left}",
    "card-undo": "{left}",
    "card-outcome": "{left}",
    "measures-lines": "phq_9",
    "correction-pick": "{handle} {entry}",
    "history-page": "{handle} 2",
    "changes-page": "{handle} 2",
    "correction-page": "{handle} 2",
    "contact-by-item": "PHQ-9",
    "timer-discard": "{entry}",
    "review-next": "{entry} 0",
    "review-skip": "{entry} 0",
    "review-back": "{entry} 0",
    "review-post": "{entry}",
    "review-print": "{entry}",
    "review-start-over": "{entry}",
    "review-record": "{handle} {entry}",
    "safety-take": "{handle} {advice}",
    "recommendation-accept": "{handle} {advice} 0",
    "recommendation-done": "{handle} {advice} 0",
    "recommendation-decline": "{handle} {advice} 0",
    "caseload-several": "caseload all",
    "bulk-undo": "{change}",
    "home-registry": "{registry}",
    "registry-switch": "{registry}",
    "settings-section": "billing",
    "registry-choice": "",
}
"""The value of a button or option; the others carry the handle."""
OF_A_MEMBER = (
    "team-page",
    "team-admin",
    "team-remove",
    "team-forget-account",
    "team-invite-again",
    "team-invite-withdraw",
)
"""The actions in the modals of the team."""
FILLED_FORM = ("contact-type", "contact-no-show", "contact-item", "contact-by-item", "input")
"""The actions that redraw the modal of a contact, of which they read the answers."""
IN_A_MODAL = (
    "find-patient",
    "find-contact",
    "card-more",
    "card-take",
    "registry-switch",
    "registry-settings",
    "billing-page",
    "billing-part",
    "billing-payer",
    "billing-file",
    "billing-close",
    "figures-counted-figure",
    "audit-page",
    "history-page",
    "changes-page",
    "correction-page",
    "correction-pick",
    "work-page",
    "timer-log",
    "timer-discard",
    "timer-move",
    "review-next",
    "review-skip",
    "review-back",
    "review-post",
    "review-resume",
    "review-start-over",
)
"""The elements that change their modal; all else can be sent as from a message."""


def press(scene: Scene, user: str, name: str) -> None:
    kind = name.partition(":")[0]
    value = VALUES.get(kind, "{handle}").format(
        handle=scene.handle,
        left=scene.left,
        entry=scene.entry,
        advice=scene.advice,
        change=scene.change,
        registry=scene.clinic.registry_id,
        spare=scene.spare,
    )
    view = None
    if kind == "home-registry":
        memo = json.dumps({"registry": scene.clinic.registry_id})
        view = {"id": "V0HOME", "type": "home", "private_metadata": memo}
    elif kind == "bulk-show":
        view = scene.filled["bulk-confirm"]
    elif kind == "settings-section":
        view = scene.filled["settings"]
    elif kind in (*FILLED_FORM, *OF_A_MEMBER, *IN_A_MODAL):
        of = "contact" if kind in FILLED_FORM else "team-member" if kind in OF_A_MEMBER else "card"
        view = scene.filled[of]
    forged.click(scene.clinic, user, name, value, view=view)


def _answers(way: Way, call: Call, user: str) -> bool:
    if way.kind == "write":
        return call.name == "chat.postMessage"
    if way.kind not in ("command", "press"):
        return call.to == "bot"
    # Somebody else's Home may be drawn meanwhile.
    return call.name in ANSWERS and call.arguments.get("user_id", user) == user


def outcome(scene: Scene, seat: Seat, way: Way) -> str:
    """Return the outcome, by what the bot answered and by what it wrote into the access log."""
    state, calls = scene.clinic.workspace, scene.clinic.workspace.calls
    scene.clinic.clock.forward(seconds=1)
    if seat.view:
        seat.close(everything=True)
    if way.name == "card-more":
        # Slack puts a modal on top only of one that is open.
        seat.command("/cocm patient")
        sees(seat, "Patient")
        state.settled()
    mark = len(calls)

    def answers() -> list[Call]:
        return [
            call for call in calls[mark:] if call.seconds is not None and _answers(way, call, seat.person.id)
        ]

    attempt(scene, seat, way)
    told = str([(call.arguments, call.answer) for call in state.wait_until(answers, str(way))])
    if way.name == "card-more":
        state.settled()  # the menu is drawn again after the answer
    new = refusals(seat, *scene.clinic.accesses_now(), *scene.clinic.accesses_now("-"))
    if not new:
        assert "you may not" not in told, f"{way} is refused and not logged"
        return "yes"
    [refusal] = new
    by_right = OTHERWISE["admin"] in told and way.cells[seat.person.name] == "admin"
    assert way.action is None or by_right or refusal.action == way.action.name.lower()
    # What they sent comes back; nothing else of the patient does.
    assert "Muñoz" not in told or way.kind in ("submit", "note") or way.name == "card-more"
    for word, sentence in OTHERWISE.items():
        if sentence in told and (way.action is None or word != "care"):
            return word
    assert refusal.reason == f"role {TEAM[seat.person.name]}"
    assert "you may not" in told or way.kind in ("search", "note")
    return "no"


def refusals(seat: Seat, *accesses: AccessEntry) -> list[AccessEntry]:
    return [each for each in accesses if each.outcome == "refused" and each.slack_user_id == seat.person.id]


def all_refusals(scene: Scene, seat: Seat) -> list[AccessEntry]:
    return refusals(seat, *scene.clinic.accesses(), *scene.clinic.accesses("-"))


@pytest.mark.long(30)
@pytest.mark.timeout(300)
@pytest.mark.parametrize("name", list(reversed(TEAM)))
def test_everybody_gets_what_the_table_says_and_nothing_else(scene: Scene, name: str) -> None:
    """Those who may least come first: what they try must leave everything as it was.

    What they may is tried where the registry withholds names: then no way shows who a patient is, but to whom
    just typed it.
    """
    set_screens(scene, Shown.NAME)
    scene.clinic.workspace.settled()  # or an answer to what came before is taken for that of the first way
    seat, before = scene.clinic.seat(name), scene.clinic.patients()
    refused = [way for way in WAYS if way.cells[name] != "yes"]
    found = {str(way): outcome(scene, seat, way) for way in refused}
    assert found == {str(way): way.cells[name] for way in refused}
    assert scene.clinic.patients() == before
    granted, known = [way for way in WAYS if way.cells[name] == "yes"], all_refusals(scene, seat)
    set_screens(scene, Shown.INITIALS)
    marks: dict[str, int] = {}
    for way in granted:
        marks[str(way)] = len(scene.clinic.workspace.calls)
        assert outcome(scene, seat, way) == "yes", str(way)
    scene.clinic.workspace.settled()
    assert all_refusals(scene, seat) == known
    assert whom_they_show(scene, marks) == {}


COMES_BACK = (
    "submit enrolment",
    "press card-more",
    "press contact-type",
    "press contact-no-show",
    "press contact-by-item:PHQ-9",
)
"""Ways by which a window comes back as its person filled it in, or as it was opened: here with names."""
MARKERS = ("Muñoz", "munoz", "A-1001", "A-9", r"(?<![\w.])1984(?!\w)", "555-010", "5550100134")
"""Patterns of who the patient is; a year that is part of a longer number is no year."""


def set_screens(scene: Scene, shown: Shown) -> None:
    actor = scene.clinic.actor()
    change_settings(scene.clinic.ctx, actor, {"screens": shown, "direct": Shown.NAME}, seal(actor.registry))


def whom_they_show(scene: Scene, marks: Mapping[str, int]) -> dict[str, set[str]]:
    """Return what the bot sent from each way's mark to the next that tells who a patient is."""
    calls = scene.clinic.workspace.calls
    ends = [*list(marks.values())[1:], len(calls)]
    shown: dict[str, set[str]] = {}
    for (way, start), end in zip(marks.items(), ends, strict=True):
        sent = (call.arguments if call.to == "slack" else call.answer for call in calls[start:end])
        written = "\n".join(map(repr, sent))
        found = {marker for marker in MARKERS if re.search(marker, written)}
        if found and way not in COMES_BACK:
            shown[way] = found
    return shown


def test_app_home_shows_to_each_what_is_theirs(scene: Scene) -> None:
    for name, words in HOMES.items():
        seat = scene.clinic.seat(name)
        if seat.view:
            seat.close(everything=True)
        seat.open_home()
        home = sees(seat, words)
        assert [other for other in {*HOMES.values()} - {words} if f"{other} " in home] == []
