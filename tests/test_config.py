"""A setting that is missing or malformed stops the start with one line that names it and shows no value."""

import os
import subprocess
import sys
from collections.abc import Mapping
from unittest import mock

import pytest

from cocm_bot.config import (
    SettingsError,
    load_keyed_settings,
    load_settings,
    load_table_settings,
)

BOT_TOKEN = "xoxb-do-not-print-1"
SIGNING_SECRET = "do-not-print-2"
APP_TOKEN = "xapp-do-not-print-3"
AUDIT_KEY = "do-not-print-4-and-thirty-two-characters"
HTTP = {
    "SLACK_BOT_TOKEN": BOT_TOKEN,
    "SLACK_SIGNING_SECRET": SIGNING_SECRET,
    "COCM_AUDIT_KEY": AUDIT_KEY,
}
SOCKET = {"SLACK_BOT_TOKEN": BOT_TOKEN, "SLACK_APP_TOKEN": APP_TOKEN, "COCM_AUDIT_KEY": AUDIT_KEY}

WRONG: list[tuple[str, dict[str, str], str]] = [
    ("no bot token", HTTP | {"SLACK_BOT_TOKEN": ""}, "SLACK_BOT_TOKEN is missing"),
    ("an app token for a bot token", HTTP | {"SLACK_BOT_TOKEN": APP_TOKEN}, "SLACK_BOT_TOKEN is malformed"),
    ("neither way in", HTTP | {"SLACK_SIGNING_SECRET": ""}, "SLACK_SIGNING_SECRET is missing"),
    ("a bot token for an app token", SOCKET | {"SLACK_APP_TOKEN": BOT_TOKEN}, "SLACK_APP_TOKEN is malformed"),
    ("no address", HTTP | {"SLACK_API_URL": "do-not-print"}, "SLACK_API_URL is malformed"),
    ("a table's name of two letters", HTTP | {"COCM_TABLE": "ab"}, "COCM_TABLE is malformed"),
    ("a table's name with a space", HTTP | {"COCM_TABLE": "do-not print"}, "COCM_TABLE is malformed"),
    ("a port in words", HTTP | {"COCM_PORT": "do-not-print"}, "COCM_PORT is malformed"),
    ("a port beyond the last", HTTP | {"COCM_PORT": "65536"}, "COCM_PORT is malformed"),
    ("no audit key", HTTP | {"COCM_AUDIT_KEY": ""}, "COCM_AUDIT_KEY is missing"),
    ("no post a minute", HTTP | {"COCM_POSTS_PER_MINUTE": "0"}, "COCM_POSTS_PER_MINUTE is malformed"),
    ("a short audit key", HTTP | {"COCM_AUDIT_KEY": "do-not-print"}, "COCM_AUDIT_KEY is malformed"),
    ("fewer years than the law asks", HTTP | {"COCM_AUDIT_YEARS": "5"}, "COCM_AUDIT_YEARS is malformed"),
    ("a level that is none", HTTP | {"COCM_LOG_LEVEL": "do-not-print"}, "COCM_LOG_LEVEL is malformed"),
]


def environment(values: Mapping[str, str]) -> "mock._patch_dict":
    """Exactly these variables."""
    return mock.patch.dict(os.environ, values, clear=True)


@pytest.mark.parametrize(("case", "values", "begins"), WRONG, ids=[case for case, _, _ in WRONG])
def test_one_line_names_the_setting_at_fault(case: str, values: dict[str, str], begins: str) -> None:
    with environment(values), pytest.raises(SettingsError) as stopped:
        load_settings()
    sentence = str(stopped.value)
    assert sentence.startswith(begins)
    assert "\n" not in sentence
    assert "do-not-print" not in sentence


def test_an_error_carries_no_value_in_what_it_came_from() -> None:
    with environment(HTTP | {"SLACK_BOT_TOKEN": "do-not-print"}), pytest.raises(SettingsError) as stopped:
        load_settings()
    assert stopped.value.__cause__ is None
    assert stopped.value.__suppress_context__


def test_defaults() -> None:
    with environment(HTTP):
        settings = load_settings()
    assert settings.slack_url == "https://slack.com/api/"
    assert (settings.table, settings.log_level) == ("cocm-registry", "INFO")
    assert (settings.host, settings.port) == ("127.0.0.1", 3000)
    assert settings.audit_years == 6
    assert settings.app_token is None


def test_what_is_set_is_taken() -> None:
    given = {
        "COCM_TABLE": "clinic.registry-2",
        "COCM_LOG_LEVEL": "debug",
        "COCM_HOST": "0.0.0.0",  # noqa: S104 - read here, not listened on
        "COCM_PORT": "8080",
        "SLACK_API_URL": "http://127.0.0.1:9/api",
    }
    with environment(SOCKET | given):
        settings = load_settings()
    assert settings.slack_url == "http://127.0.0.1:9/api/"
    assert (settings.table, settings.log_level) == ("clinic.registry-2", "DEBUG")
    assert (settings.host, settings.port) == ("0.0.0.0", 8080)  # noqa: S104 - as above
    assert settings.app_token is not None
    assert settings.app_token.get_secret_value() == APP_TOKEN


def test_the_table_commands_need_nothing_of_slack() -> None:
    with environment({"COCM_TABLE": "clinic"}):
        assert load_table_settings().table == "clinic"


def test_the_commands_that_work_with_records_need_the_audit_key() -> None:
    with environment({"COCM_AUDIT_KEY": AUDIT_KEY, "COCM_AUDIT_YEARS": "10"}):
        assert load_keyed_settings().audit_years == 10
    with environment({}), pytest.raises(SettingsError, match="COCM_AUDIT_KEY is missing"):
        load_keyed_settings()


def test_an_empty_variable_is_as_good_as_none() -> None:
    with environment(HTTP | {"COCM_TABLE": "", "COCM_PORT": "", "SLACK_APP_TOKEN": ""}):
        settings = load_settings()
    assert (settings.table, settings.port, settings.app_token) == ("cocm-registry", 3000, None)


def test_secrets_are_never_shown() -> None:
    with environment(HTTP | SOCKET):
        settings = load_settings()
    shown = f"{settings!r} {settings} {settings.model_dump()} {settings.model_dump_json()}"
    assert "do-not-print" not in shown


@pytest.mark.slow
def test_the_command_says_it_in_one_line_and_exits_with_2() -> None:
    ended = subprocess.run(
        [sys.executable, "-c", "from cocm_bot.cli.main import main; main()", "serve"],
        env=HTTP | {"SLACK_BOT_TOKEN": "do-not-print"},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (ended.returncode, ended.stdout) == (2, "")
    assert ended.stderr == "SLACK_BOT_TOKEN is malformed: a bot token starts with xoxb-.\n"


RINGS: list[tuple[str, str, str, dict[str, str] | str]] = [
    ("one key", AUDIT_KEY, "", {"": AUDIT_KEY}),
    ("a ring", "", f"b:{AUDIT_KEY}2, a:{AUDIT_KEY}1", {"b": f"{AUDIT_KEY}2", "a": f"{AUDIT_KEY}1"}),
    ("both", AUDIT_KEY, f"b:{AUDIT_KEY}2", {"b": f"{AUDIT_KEY}2", "": AUDIT_KEY}),
    ("a colon in a secret", "", f"b:{AUDIT_KEY}:x", {"b": f"{AUDIT_KEY}:x"}),
    ("no id", "", AUDIT_KEY, "COCM_AUDIT_KEYS is malformed"),
    ("an empty id", "", f":{AUDIT_KEY}", "COCM_AUDIT_KEYS is malformed"),
    ("an id of blanks", "", f"a b:{AUDIT_KEY}", "COCM_AUDIT_KEYS is malformed"),
    ("a short secret", "", "b:do-not-print", "COCM_AUDIT_KEYS is malformed"),
    ("an id twice", "", f"b:{AUDIT_KEY}1,b:{AUDIT_KEY}2", "COCM_AUDIT_KEYS is malformed"),
    ("a comma too many", "", f"b:{AUDIT_KEY}1,", "COCM_AUDIT_KEYS is malformed"),
]


@pytest.mark.parametrize(("case", "key", "ring", "expected"), RINGS, ids=[each[0] for each in RINGS])
def test_the_keyring_is_newest_first(case: str, key: str, ring: str, expected: dict[str, str] | str) -> None:
    with environment({"COCM_AUDIT_KEY": key, "COCM_AUDIT_KEYS": ring}):
        if isinstance(expected, str):
            with pytest.raises(SettingsError, match=expected) as refused:
                load_keyed_settings()
            assert "do-not-print" not in str(refused.value)
            assert AUDIT_KEY not in str(refused.value)
            return
        settings = load_keyed_settings()
        assert list(settings.audit_secrets.items()) == list(expected.items()), case
        assert AUDIT_KEY not in repr(settings)
