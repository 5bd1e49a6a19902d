"""Recipients and outcomes of a registry's day; the days are of March 2031, in New York.

Monday is the 3rd. The digest comes at 8:00, the team meets on Wednesday at 12:00, the week's report is
Monday's. With no patients there is a friendly line for the care manager, the week for Clinical Ops, and
nothing for psychiatrist and PCP.
"""

import time
from collections.abc import Callable
from dataclasses import replace
from datetime import date

import pytest

from cocm_bot.domain.contacts.contact import Contact
from cocm_bot.domain.settings.registry_settings import Rhythm
from cocm_bot.domain.vocabulary import ContactType, Role, VisitType
from cocm_bot.jobs.clock.pace import Pace
from cocm_bot.jobs.clock.tick import Ticker
from cocm_bot.jobs.handlers import HANDLERS
from cocm_bot.operations.contacts.log_contact import log_contact
from cocm_bot.operations.context import new_id
from cocm_bot.operations.digests.live_rows import changed_digests
from cocm_bot.operations.registries.setup import add_member, new_member
from cocm_bot.playground import cast
from cocm_bot.store import jobs
from cocm_bot.store.jobs import JobKind
from cocm_bot.store.table import keys, writes
from tests.jobs.scenes.environment import Environment
from tests.store.build import end_membership

MONDAY, TUESDAY = "2031-03-03", "2031-03-04"


def ticking(environment: Environment, before_each: Callable[[], None]) -> Ticker:
    """The environment's clock, where something happens between reading what is sent and sending it."""

    class Meanwhile(Pace):
        def wait(self) -> None:
            before_each()

    job_context = replace(environment.job_context, pace=Meanwhile(time.monotonic, time.sleep, per_minute=1))
    return Ticker(job_context, HANDLERS, environment.hands)


def test_a_first_day(environment: Environment) -> None:
    environment.tick()
    assert environment.waits_until() == f"{MONDAY} 08:00"
    environment.tick(f"{MONDAY} 07:59")
    assert not environment.workspace.messages
    environment.tick(f"{MONDAY} 08:00")
    assert environment.outcome(MONDAY) == {
        "Maya": "posted",
        "Iris": "skipped nothing due",
        "Samuel": "skipped nothing due",
        "Lena": "posted",
        "Omar": "skipped nothing due",
    }
    assert [message.text for message in environment.said("Maya Okafor")] == ["Your caseload for today"]
    assert [message.text for message in environment.said("Lena Novak")] == ["The program's week"]
    assert environment.waits_until() == f"{TUESDAY} 08:00"
    environment.forward(minutes=1)
    environment.tick()
    assert len(environment.workspace.messages) == 2, "nobody is told twice"


def test_the_counts_are_posted_in_the_teams_channel(environment: Environment) -> None:
    environment.set(team_channel=cast.TEAM_CHANNEL)
    environment.tick(f"{MONDAY} 08:00")
    assert [message.text for message in environment.said_in(cast.TEAM_CHANNEL)] == ["The team's day"]
    assert environment.outcome(MONDAY)["channel"] == "posted"


def test_the_psychiatrist_has_the_agenda_before_a_review_that_is_earlier_than_digests(
    environment: Environment,
) -> None:
    environment.set(rhythm=Rhythm(review_time="08:30"))
    environment.tick("2031-03-05 07:29")
    assert "Iris" not in environment.outcome("2031-03-05")
    environment.tick("2031-03-05 07:30")
    assert [message.text for message in environment.said("Iris Lindqvist")] == ["Your review list for today"]


def test_nobody_is_told_on_a_day_that_is_quiet(environment: Environment) -> None:
    environment.set(rhythm=Rhythm(quiet_days=(MONDAY,)))
    environment.tick(f"{MONDAY} 08:00")
    assert not environment.workspace.messages
    environment.tick(f"{TUESDAY} 08:00")
    assert set(environment.outcome(TUESDAY)) == {"Maya", "Iris", "Samuel", "Lena", "Omar"}, (
        "the report, and the month, come a day later"
    )


def test_an_own_time_is_kept(environment: Environment) -> None:
    environment.remind("Maya Okafor", time="06:45")
    environment.tick(f"{MONDAY} 06:44")
    assert not environment.workspace.messages
    environment.tick(f"{MONDAY} 06:45")
    assert list(environment.outcome(MONDAY)) == ["Maya"]


def test_own_days_and_silence_are_kept(environment: Environment) -> None:
    environment.remind("Maya Okafor", days=(1,), quiet_when_empty=True)
    environment.remind("Lena Novak", on=False)
    environment.tick(f"{MONDAY} 08:00")
    assert set(environment.outcome(MONDAY)) == {"Iris", "Samuel", "Omar"}
    environment.tick(f"{TUESDAY} 08:00")
    assert environment.outcome(TUESDAY)["Maya"] == "skipped nothing due"
    assert not environment.workspace.messages


def test_a_short_outage_is_caught_up(environment: Environment) -> None:
    environment.tick(f"{MONDAY} 11:00")
    assert environment.outcome(MONDAY)["Maya"] == "posted"


def test_a_longer_one_is_written_down_and_the_admins_are_told_once(environment: Environment) -> None:
    environment.tick(f"{MONDAY} 11:01")
    assert set(environment.outcome(MONDAY).values()) == {"skipped late"}
    environment.forward(minutes=1)
    environment.tick()
    texts = [message.text for message in environment.workspace.messages]
    assert len(texts) == 1
    assert environment.said("Maya Okafor"), "the admin"
    environment.tick(f"{TUESDAY} 08:00")
    assert environment.outcome(TUESDAY)["Maya"] == "posted"


def test_an_outage_of_days_leaves_no_day_without_a_record(environment: Environment) -> None:
    environment.tick("2031-03-06 09:00")
    for day in ("2031-03-03", "2031-03-04", "2031-03-05"):
        assert environment.outcome(day)["Maya"] == "skipped late"
    assert environment.outcome("2031-03-06")["Maya"] == "posted"
    (notice,) = [each for each in environment.said("Maya Okafor") if each.text != "Your caseload for today"]
    assert "3 Mar 2031 to 5 Mar 2031" in str(notice.blocks)


def test_what_is_set_after_an_outage_before_the_first_tick_hides_none_of_it(environment: Environment) -> None:
    environment.until("2031-03-06 09:00")
    environment.remind("Maya Okafor", time="10:00")
    environment.set(rhythm=Rhythm(digest_time="08:30"))
    environment.tick()
    for day in ("2031-03-03", "2031-03-04", "2031-03-05"):
        assert environment.outcome(day)["Iris"] == "skipped late"
    environment.forward(minutes=1)
    environment.tick()
    assert "3 Mar 2031 to 5 Mar 2031" in str(environment.said("Maya Okafor")[0].blocks)


def test_who_joins_is_told_from_their_next_turn_on(environment: Environment) -> None:
    environment.tick(f"{MONDAY} 08:00")
    environment.until(f"{MONDAY} 10:00")
    email = environment.workspace.seat("Noor Rahimi").person.email
    assert email
    wanted = new_member(email=email, first_name="Noor", last_name="Rahimi", role=Role.CARE_MANAGER)
    add_member(environment.ctx, environment.registry_id, wanted)
    environment.tick(f"{MONDAY} 10:30")
    assert "Noor" not in environment.outcome(MONDAY)
    environment.tick(f"{TUESDAY} 08:00")
    assert environment.outcome(TUESDAY)["Noor"] == "posted"


def test_who_left_is_told_nothing(environment: Environment) -> None:
    lena = environment.member("Lena Novak").user_id
    end_membership(environment.table, lena, environment.registry_id)
    environment.tick(f"{MONDAY} 08:00")
    assert not environment.said("Lena Novak")
    assert set(environment.outcome(MONDAY)) == {"Maya", "Iris", "Samuel", "Omar"}


def test_a_registry_that_is_gone_is_looked_after_no_more(environment: Environment) -> None:
    environment.table.transact([writes.forget(keys.registry(environment.registry_id))])
    environment.tick(f"{MONDAY} 08:00")
    assert jobs.get(environment.table, JobKind.DIGEST, environment.registry_id) is None


@pytest.mark.parametrize("mark", ["deleted", "is_restricted", "is_stranger"])
def test_who_is_no_full_member_of_the_workspace_any_more_is_told_nothing(
    environment: Environment, mark: str
) -> None:
    lena = environment.workspace.seat("Lena Novak").person
    setattr(lena, mark, True)
    environment.tick(f"{MONDAY} 08:00")
    assert environment.outcome(MONDAY)["Lena"] == "skipped not in Slack"
    assert not environment.said_in(environment.workspace.direct(lena.id, cast.BOT).id)
    assert environment.outcome(MONDAY)["Maya"] == "posted"
    environment.forward(minutes=1)
    environment.tick()
    assert len(environment.said("Maya Okafor")) == 2, "her digest, and the notice"


def test_a_team_too_large_for_one_lease_is_served_in_several_looks(
    environment: Environment, caplog: pytest.LogCaptureFixture
) -> None:
    ticker = ticking(environment, lambda: environment.forward(seconds=70))
    environment.until(f"{MONDAY} 08:00")
    before = jobs.get(environment.table, JobKind.DIGEST, environment.registry_id)
    ticker.tick()
    left = jobs.get(environment.table, JobKind.DIGEST, environment.registry_id)
    assert before is not None
    assert left is not None
    assert (left.due_at, left.tries) == (before.due_at, 0), "as overdue as before, and not tried in vain"
    for _ in range(2):
        ticker.tick()
    assert (environment.outcome(MONDAY)["Maya"], environment.outcome(MONDAY)["Lena"]) == ("posted", "posted")
    assert len(environment.workspace.messages) == 2
    assert environment.waits_until() == f"{TUESDAY} 08:00"
    assert not caplog.records, "the job was claimed all the time"


def test_a_row_that_is_seen_to_while_its_digest_is_sent_is_done_with(environment: Environment) -> None:
    """Ada, enrolled on the 2nd, is due on the 10th; the contact comes after the digest was drawn."""
    handle = environment.enrol()
    environment.remind("Lena Novak", on=False)
    environment.tick("2031-03-07 08:00")

    def see() -> None:
        environment.forward(seconds=20)
        contact = Contact(
            contact_type=ContactType.INITIAL_ASSESSMENT,
            day=date(2031, 3, 10),
            minutes=20,
            visit_type=VisitType.PHONE,
        )
        log_contact(environment.ctx, environment.actor, handle, contact, new_id())
        # Who saved it finds the digest on its way, and can draw nothing yet.
        (digest,) = changed_digests(environment.ctx, environment.registry, [handle])
        assert digest.ts == ""
        environment.forward(seconds=20)

    environment.until("2031-03-10 08:00")
    ticking(environment, see).tick()
    *_, told = environment.said("Maya Okafor")
    assert "_Contact logged by Maya at 08:00_" in str(told.blocks)
    assert list(changed_digests(environment.ctx, environment.registry, [handle])) == []
