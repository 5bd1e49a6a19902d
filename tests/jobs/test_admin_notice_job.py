"""The admins are notified once of what no longer reaches its recipients, however often it is noticed."""

import pytest

from cocm_bot.domain.vocabulary import Role
from cocm_bot.operations.admin_notices import Notice, tell_admins
from cocm_bot.operations.registries.setup import add_member, new_member
from cocm_bot.playground import cast
from cocm_bot.store import jobs
from cocm_bot.store.jobs import JobKind
from tests.rig.clinic import Clinic
from tests.store.build import end_membership

ADMIN = "Noor Rahimi"


@pytest.fixture(autouse=True)
def second_admin(clinic: Clinic) -> None:
    wanted = new_member(
        email="noor.rahimi@example.org",
        first_name="Noor",
        last_name="Rahimi",
        role=Role.CLINICAL_OPS,
        is_admin=True,
    )
    add_member(clinic.ctx, clinic.registry_id, wanted)


def told(clinic: Clinic) -> dict[str, list[str]]:
    """Return each person's direct messages."""
    sent: dict[str, list[str]] = {}
    for call in clinic.calls("chat.postMessage"):
        if call.status == 200 and call.answer["ok"]:
            said = " ".join(block.get("text", {}).get("text", "") for block in call.arguments["blocks"])
            sent.setdefault(call.arguments["channel"], []).append(said)
    return sent


def notice(clinic: Clinic, kind: Notice = Notice.CHANNEL_SHARED, subject: str = cast.TEAM_CHANNEL) -> bool:
    """Notice something; whether it made work for the clock, which then does it."""
    waiting = tell_admins(clinic.ctx, clinic.registry_id, kind, subject)
    clinic.bot.clock.tick()
    return waiting is not None


def test_each_admin_is_told_and_nobody_else(clinic: Clinic) -> None:
    assert notice(clinic)
    noor = clinic.seat(ADMIN).person.id
    assert told(clinic).keys() == {cast.MAYA, noor}
    assert f"The team channel <#{cast.TEAM_CHANNEL}> is now shared" in told(clinic)[noor][0]
    assert {call.arguments["text"] for call in clinic.calls("chat.postMessage")} == {
        "A note for the admins of a registry"
    }


def test_a_notice_left_by_another_version_goes_only_to_those_who_do_not_have_it(clinic: Clinic) -> None:
    at = clinic.clock().timestamp() - 1
    job = jobs.new_job(
        JobKind.ADMIN_NOTICE,
        "n-1",
        clinic.registry_id,
        at,
        # The names are those that are stored.
        {"notice": "day-skipped", "subject": "2031-03-02", "told": [clinic.member("Maya Okafor").user_id]},
    )
    clinic.ctx.table.transact([jobs.adding(job)])
    clinic.bot.clock.tick()
    assert told(clinic).keys() == {clinic.seat(ADMIN).person.id}


def test_what_is_noticed_again_is_not_told_again_for_a_week(clinic: Clinic) -> None:
    assert notice(clinic)
    assert not notice(clinic)
    assert notice(clinic, subject=cast.LOBBY)
    assert notice(clinic, Notice.CHANNEL_GONE)
    assert len(told(clinic)[cast.MAYA]) == 3


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        (Notice.MEMBER_GONE, "I can no longer write to Iris Lindqvist"),
        (Notice.UNUSUAL_ACCESS, "Iris Lindqvist was shown unusually many patients in a short time"),
        (Notice.DAY_SKIPPED, "Digests of 3 Mar 2031 could not be sent in time"),
        (Notice.RETENTION, "Nothing is erased unasked"),
        (Notice.CHANNEL_GONE, f"I can no longer post to the team channel <#{cast.LOBBY}>"),
    ],
)
def test_what_happened_is_said_in_words(clinic: Clinic, kind: Notice, words: str) -> None:
    subjects = {
        Notice.MEMBER_GONE: clinic.member("Iris Lindqvist").user_id,
        Notice.UNUSUAL_ACCESS: f"{clinic.member('Iris Lindqvist').user_id}/2031-03-03",
        Notice.DAY_SKIPPED: "2031-03-03",
        Notice.RETENTION: "2031-03",
        Notice.CHANNEL_GONE: cast.LOBBY,
    }
    notice(clinic, kind, subjects[kind])
    assert words in told(clinic)[cast.MAYA][0]


def test_whoever_slack_did_not_take_it_for_is_told_later_and_the_others_once(clinic: Clinic) -> None:
    clinic.workspace.fail("chat.postMessage", error="internal_error")
    assert notice(clinic)
    assert len(told(clinic)) == 1
    clinic.clock.forward(minutes=1)
    clinic.bot.clock.tick()
    assert {len(said) for said in told(clinic).values()} == {1}
    assert len(told(clinic)) == 2


def test_an_admin_who_can_not_be_reached_is_passed_over(clinic: Clinic) -> None:
    clinic.workspace.people[cast.MAYA].deleted = True
    waiting = tell_admins(clinic.ctx, clinic.registry_id, Notice.CHANNEL_SHARED, cast.TEAM_CHANNEL)
    assert waiting is not None
    clinic.bot.clock.tick()
    assert told(clinic).keys() == {clinic.seat(ADMIN).person.id}
    assert jobs.get(clinic.ctx.table, *waiting) is None


def test_who_is_no_admin_any_more_is_not_told(clinic: Clinic) -> None:
    tell_admins(clinic.ctx, clinic.registry_id, Notice.CHANNEL_SHARED, cast.TEAM_CHANNEL)
    end_membership(clinic.ctx.table, clinic.member(ADMIN).user_id, clinic.registry_id)
    clinic.bot.clock.tick()
    assert told(clinic).keys() == {cast.MAYA}
