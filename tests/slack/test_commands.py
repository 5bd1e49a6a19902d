import pytest

from cocm_bot.domain.vocabulary import Role
from cocm_bot.slack.commands import COMMANDS, choose, home_buttons, nearest, split
from cocm_bot.slack.shared_views.command_names import CommandName
from tests.domain.test_access import actor


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("", []),
        ("   ", []),
        ("today", ["today"]),
        ("  caseload   flagged  ", ["caseload", "flagged"]),
        ('patient "Ana Muñoz"', ["patient", "Ana Muñoz"]),
        ("patient “Ana Muñoz”", ["patient", "Ana Muñoz"]),
        ("patient „Ana Muñoz“", ["patient", "Ana Muñoz"]),
        ("patient «Ana Muñoz»", ["patient", "Ana Muñoz"]),
        ("patient ＂Ana Muñoz＂", ["patient", "Ana Muñoz"]),
        ("patient O'Brien", ["patient", "O'Brien"]),
        ("patient O’Brien d'Arc", ["patient", "O’Brien", "d'Arc"]),
        ("patient Ana#1 \\n #2", ["patient", "Ana#1", "\\n", "#2"]),
        ('patient ""', ["patient", ""]),
        ("patient 李 小龙", ["patient", "李", "小龙"]),
        ("log A-1001; DROP", ["log", "A-1001;", "DROP"]),
    ],
)
def test_quotes_keep_words_together_and_apostrophes_do_not(typed: str, words: list[str]) -> None:
    assert split(typed) == words


@pytest.mark.parametrize("typed", ['patient "Ana', 'patient Ana"', "log “Ana"])
def test_a_quote_that_is_not_closed_is_an_error(typed: str) -> None:
    with pytest.raises(ValueError, match="closing quotation"):
        split(typed)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("tday", "today"),
        ("todays", "today"),
        ("TODAY!", "today"),
        ("caselod", "caseload"),
        ("patients", "patient"),
        ("pateint", "patient"),
        ("hepl", "help"),
        ("ad", "add"),
        ("lgo", "log"),
        ("Muñoz", None),
        ("12345", None),
        ("", None),
    ],
)
def test_the_nearest_command_is_suggested(typed: str, meant: str | None) -> None:
    assert nearest(typed) == meant


@pytest.mark.parametrize(
    ("typed", "title"),
    [
        ("", None),
        ("help", None),
        ("TODAY", None),
        ("caseload flagged", None),
        ("patient", "Patient"),
        ("Patient K7Q4", "Patient"),
        ("add", "Add a patient"),
        ("log K7Q4", "Log a contact"),
        ("nonsense", None),
        ('patient "K7', None),
    ],
)
def test_what_opens_a_modal_says_so_before_anything_is_read(typed: str, title: str | None) -> None:
    assert choose(typed).title == title


@pytest.mark.parametrize(
    ("typed", "title", "registry"),
    [
        ('in "Riverside Clinic" today', None, "Riverside Clinic"),
        ("IN “Riverside Clinic” patient K7Q4", "Patient", "Riverside Clinic"),
        ("in Riverside add", "Add a patient", "Riverside"),
        ("in Riverside", None, "Riverside"),
        ("in Riverside nonsense", None, "Riverside"),
        ("in", None, ""),
        ("patient in Riverside", "Patient", None),
        ("today", None, None),
    ],
)
def test_a_registry_is_named_before_the_command(typed: str, title: str | None, registry: str | None) -> None:
    chosen = choose(typed)
    assert (chosen.title, chosen.registry) == (title, registry)


def test_every_command_is_there_once() -> None:
    assert [command.name for command in COMMANDS] == list(CommandName)


def test_a_command_keeps_its_name() -> None:
    """Buttons in messages sent before carry it, the manifest has the shortcuts, and people type it."""
    assert " ".join(CommandName) == (
        "help today caseload patient add log review digest remind away handover billing figures export "
        "import registry measures team audit status"
    ), "A command is never renamed: buttons in old messages would do nothing."
    assert CommandName.ADD.action_id == "command:add"
    assert CommandName.ADD.shortcut_id == "shortcut:add"


def test_the_home_offers_what_needs_no_message_to_answer() -> None:
    offered = {button["action_id"] for button in home_buttons(actor(Role.CARE_MANAGER))}
    assert {CommandName.PATIENT.action_id, CommandName.ADD.action_id, CommandName.LOG.action_id} <= offered
    assert offered.isdisjoint(name.action_id for name in (CommandName.HELP, CommandName.TODAY))
