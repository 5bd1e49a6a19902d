"""Words that outlive a release: jobs wait in the table under them, buttons in sent messages carry them."""

from cocm_bot.slack.shared_views.command_names import CommandName
from cocm_bot.store.jobs import JobKind

JOBS = {
    "alert",
    "bulk",
    "billed-twice",
    "billing",
    "clear",
    "erased",
    "file",
    "invite",
    "letter",
    "notice",
    "import",
    "rederive",
    "registry",
    "unassign",
    "watch",
}
COMMANDS = {
    "add",
    "audit",
    "away",
    "billing",
    "caseload",
    "digest",
    "figures",
    "export",
    "import",
    "handover",
    "help",
    "log",
    "measures",
    "patient",
    "registry",
    "remind",
    "review",
    "status",
    "team",
    "today",
}


def test_job_kinds_are_added_and_never_reworded() -> None:
    why = "Jobs of this kind wait in tables that run: rewording one needs a migration. Add a new one here."
    assert {kind.value for kind in JobKind} == JOBS, why


def test_commands_are_added_and_never_reworded() -> None:
    why = "Buttons in messages sent before carry these words: never reword one. Add a new one here."
    assert {name.value for name in CommandName} == COMMANDS, why
