"""A registry's settings at the screens: sections, what is refused, and two admins at once."""

from datetime import date
from typing import Any

import pytest

from cocm_bot.domain.registries.configure import LONGEST_CRISIS_TEXT, MOST_QUIET_DAYS
from cocm_bot.domain.registries.formatting import shown
from cocm_bot.domain.registries.setting_table import SETTINGS
from cocm_bot.domain.settings.calendars import find_calendars
from cocm_bot.domain.settings.registry_settings import Shown
from cocm_bot.domain.vocabulary import Role
from cocm_bot.playground import cast
from cocm_bot.playground.seats.seat import Seat
from cocm_bot.slack.registries.settings import SettingsMemo, _mark
from cocm_bot.slack.registries.settings_form import LONGEST_LIST
from cocm_bot.slack.registries.settings_view import IN_SECTION, LABELS, Section
from cocm_bot.store import registries
from tests.rig import forged, forgery
from tests.rig.clinic import Clinic
from tests.rig.scenes import ASSESSED, add_patient, log_contact, sees, send_anyway
from tests.store.build import end_membership

FOLLOW_UP = "Later follow-up every (days)"


def opened(clinic: Clinic, name: str = "Maya Okafor", section: Section = Section.CARE) -> Seat:
    """The settings in front of somebody, in a section."""
    seat = clinic.seat(name)
    seat.command("/cocm registry settings")
    sees(seat, "Registry settings", FOLLOW_UP)
    turned(seat, section)
    return seat


def turned(seat: Seat, section: Section) -> str:
    """The section, of which the last setting is in sight; the one in front is left as it is."""
    last = IN_SECTION[section][-1].label
    if last not in seat.screen:
        seat.press(LABELS[section])
    return sees(seat, last)


def test_every_setting_is_shown_with_its_default(clinic: Clinic) -> None:
    maya = opened(clinic)
    for section in Section:
        screen = turned(maya, section)
        for setting in IN_SECTION[section]:
            assert setting.label in screen
            assert f"Default: {shown(setting, setting.default)}." in screen
    assert sum(len(settings) for settings in IN_SECTION.values()) == len(SETTINGS)
    assert [each for each in clinic.workspace.refusals if not each.race] == []


CHANGES: dict[Section, dict[str, Any]] = {
    Section.CARE: {FOLLOW_UP: "10", "Close follow-up lasts (weeks)": "0"},
    Section.BILLING: {"Most units of 99494 in a month": "3"},
    Section.CALENDAR: {
        "Digest at": "07:30",
        "Working days": ["Monday", "Wednesday"],
        "Further quiet days": "2031-12-31\n2031-12-24, 2031-12-24",
        "Review on": "Friday",
    },
    Section.MESSAGES: {
        "Team channel": "care-team",
        "In direct messages": "Handle and name",
        "Who covers for safety alerts": "Samuel Adeyemi",
        "Invitations expire after (days)": "7",
    },
}


def test_what_is_changed_in_all_sections_is_saved_at_once(clinic: Clinic) -> None:
    maya = opened(clinic)
    for section, values in CHANGES.items():
        turned(maya, section)
        maya.fill(values)
    turned(maya, Section.CARE)
    sees(maya, "Not saved yet: Most units of 99494 in a month, Digest at, Working days")
    assert clinic.registry.cadence.follow_up_days == 14
    assert maya.submit() is None
    sees(maya, "Saved. What is due for each patient is being recalculated")
    registry = clinic.registry
    assert (registry.cadence.follow_up_days, registry.cadence.early_weeks) == (10, 0)
    assert registry.billing.most_add_ons == 3
    assert (registry.rhythm.digest_time, registry.rhythm.working_days) == ("07:30", (0, 2))
    assert registry.rhythm.quiet_days == ("2031-12-24", "2031-12-31")
    assert not registry.rhythm.works_on(date(2031, 12, 24))
    assert registry.rhythm.review_day == 4
    assert (registry.team_channel, registry.disclosure.direct) == (cast.TEAM_CHANNEL, Shown.NAME)
    assert registry.alerts.cover == clinic.member("Samuel Adeyemi").user_id
    assert registry.invite_days == 7
    [entry] = [each for each in clinic.accesses() if each.action == "change the registry's settings"]
    assert "digest_time" in entry.reason
    # as it was saved, it is shown again
    maya.close()
    screen = turned(opened(clinic), Section.MESSAGES)
    assert "Samuel Adeyemi" in screen


@pytest.mark.parametrize("section", Section)
def test_the_modal_can_remember_a_change_of_everything(section: Section) -> None:
    draft: dict[str, Any] = {setting.name: setting.most or "user-0123456789abcdef" for setting in SETTINGS}
    draft["quiet_days"] = ["2031-12-24"] * MOST_QUIET_DAYS
    draft["crisis_text"] = "\n“ü" * (LONGEST_CRISIS_TEXT // 3)
    drawn = {setting.name: _mark(draft[setting.name]) for setting in IN_SECTION[section]}
    memo = SettingsMemo(
        registry="0123456789abcdef0123456789",
        section=section,
        seen="0123456789abcdef",
        draft=draft,
        drawn=drawn,
    )
    assert len(memo.packed()) < 3000
    assert len("\n".join(draft["quiet_days"])) <= LONGEST_LIST


def test_zones_and_holidays_are_searched_for(clinic: Clinic) -> None:
    maya = opened(clinic, section=Section.CALENDAR)
    maya.fill({"Time zone": "Asia/Kolkata", "Public holidays of": "United States, New York"})
    assert maya.submit() is None
    sees(maya, "Saved.")
    assert (clinic.registry.timezone, clinic.registry.rhythm.holidays_of) == ("Asia/Kolkata", "US-NY")
    assert not clinic.registry.rhythm.works_on(date(2031, 7, 4))
    maya.fill({"Public holidays of": "No public holidays"})
    assert maya.submit() is None
    clinic.workspace.wait_until(lambda: clinic.registry.rhythm.holidays_of is None, "no holidays")


def test_the_patients_follow_the_policy(clinic: Clinic) -> None:
    maya = clinic.seat()
    handle = add_patient(maya)
    maya.close()
    assert log_contact(maya, handle, **ASSESSED) is None
    maya.close()
    assert clinic.patients()[0].next_due == "2031-03-10"
    maya = opened(clinic)
    maya.fill({"Close follow-up every (days)": "3"})
    assert maya.submit() is None
    clinic.workspace.wait_until(lambda: clinic.patients()[0].next_due == "2031-03-06", "another due day")


WRONG: list[tuple[Section, dict[str, Any], str, str]] = [
    (Section.CARE, {FOLLOW_UP: "0"}, FOLLOW_UP, "Enter a whole number from 1 to 180."),
    (Section.CARE, {FOLLOW_UP: ""}, FOLLOW_UP, "Enter a whole number from 1 to 180."),
    (Section.CALENDAR, {"Working days": []}, "Working days", "Choose one or more of the options."),
    (Section.CALENDAR, {"Further quiet days": "soon"}, "Further quiet days", "Day 1 is none."),
    (Section.MESSAGES, {"Team channel": "lobby"}, "Team channel", "I am not in this channel yet."),
    (Section.MESSAGES, {"Team channel": "shared-with-partner"}, "Team channel", "People of another company"),
]


@pytest.mark.parametrize(("section", "values", "label", "sentence"), WRONG)
def test_what_is_wrong_is_said_at_its_field(
    clinic: Clinic, section: Section, values: dict[str, Any], label: str, sentence: str
) -> None:
    maya = opened(clinic, section=section)
    before = clinic.registry
    maya.fill(values)
    assert sentence in send_anyway(maya)[label]
    assert clinic.registry == before


def test_a_section_is_left_only_when_nothing_is_wrong_in_it(clinic: Clinic) -> None:
    maya = opened(clinic)
    maya.fill({FOLLOW_UP: "0"})
    maya.press(LABELS[Section.BILLING])
    sees(maya, f"{FOLLOW_UP}: Enter a whole number from 1 to 180.")
    maya.fill({FOLLOW_UP: "21"})
    turned(maya, Section.BILLING)
    sees(maya, f"Not saved yet: {FOLLOW_UP}.")


def test_what_is_wrong_in_another_section_is_shown_there(clinic: Clinic) -> None:
    maya = opened(clinic, section=Section.MESSAGES)
    maya.fill({"Who covers for safety alerts": "Samuel Adeyemi"})
    turned(maya, Section.BILLING)
    samuel = clinic.member("Samuel Adeyemi")
    end_membership(clinic.ctx.table, samuel.user_id, clinic.registry_id)
    assert maya.submit() is None
    sees(maya, "Who covers for safety alerts: This person is no longer a member", "In direct messages")
    assert clinic.registry.alerts.cover is None


def test_of_two_admins_the_second_is_told_and_keeps_what_was_entered(clinic: Clinic) -> None:
    maya = opened(clinic)
    before = clinic.registry
    cadence = before.cadence.model_copy(update={"follow_up_days": 10, "no_show_days": 3})
    now = before.modified_date + 60
    registries.save(
        clinic.ctx.table, before, before.model_copy(update={"cadence": cadence, "modified_date": now})
    )
    maya.fill({FOLLOW_UP: "21", "Lost to contact after (days)": "90"})
    assert maya.submit() is None
    sees(maya, "Somebody else saved settings of this registry meanwhile.", f"{FOLLOW_UP}: 10 → 21")
    # what the other changed and she did not stays, and is no matter of hers
    assert "no-show (days):" not in sees(maya, "Lost to contact after (days): 60 → 90")
    assert clinic.registry.cadence == cadence
    assert maya.submit() is None
    sees(maya, "Saved.")
    assert clinic.registry.cadence == cadence.model_copy(update={"follow_up_days": 21, "lost_days": 90})


def test_only_admins_and_never_by_a_copied_modal(clinic: Clinic) -> None:
    samuel = clinic.seat("Samuel Adeyemi")
    samuel.command("/cocm registry settings")
    sees(samuel, "Only an admin of this registry may change the registry's settings.")
    maya = opened(clinic)
    maya.fill({FOLLOW_UP: "21"})
    # The press comes last: its refusal is drawn into the modal it is copied from.
    assert "Only an admin" in str(forgery.submission(samuel, maya))
    forgery.press(samuel, maya, LABELS[Section.BILLING])
    sees(maya, "Only an admin")
    clinic.workspace.settled()
    assert clinic.registry.cadence.follow_up_days == 14
    refused = [each for each in clinic.accesses() if each.outcome == "refused"]
    assert {each.action for each in refused} == {"change the registry's settings"}
    assert len(refused) == 3


def test_nothing_to_save_is_said_and_measures_come_between_nobody(clinic: Clinic) -> None:
    maya = opened(clinic)
    assert maya.submit() is None
    sees(maya, "Nothing to save")
    maya.press("Measures")
    maya.fill({"Measures": ["PHQ-9"]})
    assert maya.submit() is None
    sees(maya, "Saved.")
    maya.close()
    maya.fill({FOLLOW_UP: "21"})
    assert maya.submit() is None
    sees(maya, "Saved.")
    assert clinic.registry.cadence.follow_up_days == 21
    assert [each.name for each in clinic.registry.policy.measures] == ["PHQ-9"]
    assert clinic.member("Maya Okafor").role is Role.CARE_MANAGER


def test_the_searches(clinic: Clinic) -> None:
    def offered(action: str, typed: str) -> list[str]:
        options = forged.search(clinic, cast.MAYA, action, typed).json["options"]
        return [option["value"] for option in options]

    # The first search of a process reads the calendars of all countries: on a busy machine for seconds.
    find_calendars("no")
    assert offered("settings-zone", "new york") == ["America/New_York"]
    assert len(offered("settings-zone", "a")) == 100
    assert offered("settings-holidays", "no")[:2] == ["nobody", "NO"]
    assert offered("settings-holidays", "united states new y") == ["US", "US-NY"]
