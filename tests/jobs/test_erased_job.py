"""Messages about a patient who was erased are emptied, each once Slack takes it."""

from cocm_bot.operations.admin_notices import Notice, tell_admins
from cocm_bot.playground import cast
from cocm_bot.store import jobs
from cocm_bot.store.jobs import JobKind
from tests.rig.clinic import Clinic

EMPTIED = "was erased from the registry"


def emptied(clinic: Clinic) -> list[str]:
    """Return the times of the messages that were emptied."""
    done = [call for call in clinic.calls("chat.update") if call.status == 200 and call.answer["ok"]]
    return [call.arguments["ts"] for call in done if EMPTIED in str(call.arguments["blocks"])]


def test_each_message_is_emptied_and_tried_again_until_slack_takes_it(clinic: Clinic) -> None:
    tell_admins(clinic.ctx, clinic.registry_id, Notice.CHANNEL_SHARED, cast.TEAM_CHANNEL)
    clinic.bot.clock.tick()
    [sent] = clinic.calls("chat.postMessage")
    at = clinic.clock().timestamp() - 1
    messages = [[sent.answer["channel"], sent.answer["ts"]], ["D-GONE", "1.5"]]
    job = jobs.new_job(JobKind.ERASED, "x", clinic.registry_id, at, {"messages": messages})
    clinic.ctx.table.transact([jobs.adding(job)])
    clinic.workspace.fail("chat.update", error="internal_error")
    clinic.bot.clock.tick()
    clinic.clock.forward(minutes=5)
    clinic.bot.clock.tick()
    assert emptied(clinic) == [sent.answer["ts"]]
    assert jobs.get(clinic.ctx.table, JobKind.ERASED, "x") is None
