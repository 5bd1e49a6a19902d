"""A setting that is missing or malformed stops the start with one line that names it and shows no value."""

import hashlib
import os
from collections.abc import Mapping
from unittest import mock

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cocm_bot.config import (
    load_keyed_settings,
    load_settings,
    load_table_settings,
)
from cocm_bot.operator_errors import SettingsError
from tests.rig.servers.served import run_here

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

SEVERAL = {
    "SLACK_CLIENT_ID": "1234.5678",
    "SLACK_CLIENT_SECRET": "do-not-print-5",
    "SLACK_SIGNING_SECRET": SIGNING_SECRET,
    "COCM_WORKSPACES": "T0123,E0456",
    "COCM_AUDIT_KEY": AUDIT_KEY,
}

WRONG: list[tuple[str, dict[str, str], str]] = [
    ("no bot token", HTTP | {"SLACK_BOT_TOKEN": ""}, "SLACK_BOT_TOKEN is missing"),
    ("several, and one's token", SEVERAL | {"SLACK_BOT_TOKEN": BOT_TOKEN}, "SLACK_CLIENT_ID is for several"),
    ("several over a socket", SEVERAL | {"SLACK_APP_TOKEN": APP_TOKEN}, "SLACK_CLIENT_ID is for several"),
    ("several without a secret", SEVERAL | {"SLACK_CLIENT_SECRET": ""}, "SLACK_CLIENT_SECRET is missing"),
    ("a secret of one letter", SEVERAL | {"SLACK_CLIENT_SECRET": "a" * 32}, "SLACK_CLIENT_SECRET is malf"),
    ("several unsigned", SEVERAL | {"SLACK_SIGNING_SECRET": ""}, "SLACK_SIGNING_SECRET is missing"),
    ("several of which none may", SEVERAL | {"COCM_WORKSPACES": ""}, "COCM_WORKSPACES is missing"),
    ("a workspace by its name", SEVERAL | {"COCM_WORKSPACES": "riverside"}, "COCM_WORKSPACES is malformed"),
    ("a workspace and blanks", SEVERAL | {"COCM_WORKSPACES": "T0123;T0456"}, "COCM_WORKSPACES is malf"),
    (
        "a first that may not",
        SEVERAL | {"COCM_FIRST_WORKSPACE": "T0999"},
        "COCM_FIRST_WORKSPACE is not",
    ),
    ("a colon in a workspace", SEVERAL | {"COCM_WORKSPACE": "T0123:x"}, "COCM_WORKSPACE is malformed"),
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
    ("an audit key of one letter", HTTP | {"COCM_AUDIT_KEY": "k" * 40}, "COCM_AUDIT_KEY is malformed"),
    ("an audit key of blanks", HTTP | {"COCM_AUDIT_KEY": " " * 40}, "COCM_AUDIT_KEY is malformed"),
    ("a key of two letters", HTTP | {"COCM_AUDIT_KEY": "ab" * 20}, "COCM_AUDIT_KEY is malformed"),
    ("a word repeated", HTTP | {"COCM_AUDIT_KEY": "do-not-print-" * 3}, "COCM_AUDIT_KEY is malformed"),
    (
        "a word repeated and cut",
        HTTP | {"COCM_AUDIT_KEY": "s3cret!Pass" * 3 + "s3c"},
        "COCM_AUDIT_KEY is malf",
    ),
    ("the alphabet", HTTP | {"COCM_AUDIT_KEY": "abcdefghijklmnopqrstuvwxyz123456"}, "COCM_AUDIT_KEY is malf"),
    (
        "a year of digits",
        HTTP | {"COCM_AUDIT_KEY": "1111111122222222333333334444444"},
        "COCM_AUDIT_KEY is malf",
    ),
    (
        "the README's placeholder",
        HTTP | {"COCM_AUDIT_KEY": "$(openssl rand -hex 32) do-not-print"},
        "COCM_AUDIT_KEY is malformed",
    ),
    ("a key with a line break", HTTP | {"COCM_AUDIT_KEY": AUDIT_KEY + "\n"}, "COCM_AUDIT_KEY is malformed"),
    ("a key with a NUL", HTTP | {"COCM_AUDIT_KEY": AUDIT_KEY + "\x01"}, "COCM_AUDIT_KEY is malformed"),
    ("a signing secret of blanks", HTTP | {"SLACK_SIGNING_SECRET": "   "}, "SLACK_SIGNING_SECRET is malf"),
    ("one letter for one", HTTP | {"SLACK_SIGNING_SECRET": "a" * 32}, "SLACK_SIGNING_SECRET is malformed"),
    ("the README's dots for one", HTTP | {"SLACK_SIGNING_SECRET": "…"}, "SLACK_SIGNING_SECRET is malformed"),
    ("a plain address", HTTP | {"SLACK_API_URL": "http://slack.com/api/"}, "SLACK_API_URL is malformed"),
    ("a plain one at home", HTTP | {"SLACK_API_URL": "http://10.0.0.1/api/"}, "SLACK_API_URL is malformed"),
    ("a name like home", HTTP | {"SLACK_API_URL": "http://localhost.evil.org/"}, "SLACK_API_URL is malf"),
    (
        "a password in it",
        HTTP | {"SLACK_API_URL": "https://u:do-not-print@slack.com/"},
        "SLACK_API_URL is",
    ),
    (
        "a creator who is no address",
        HTTP | {"COCM_REGISTRY_CREATORS": "ada@example.org, do-not-print"},
        "COCM_REGISTRY_CREATORS is malformed: entry 2 is not an e-mail address",
    ),
    (
        "creators with semicolons",
        HTTP | {"COCM_REGISTRY_CREATORS": "ada@example.org;do-not-print@example.org"},
        "COCM_REGISTRY_CREATORS is malformed",
    ),
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
    assert (settings.host, settings.port) == ("0.0.0.0", 8080)  # noqa: S104 - read here, not listened on
    assert settings.app_token is not None
    assert settings.app_token.get_secret_value() == APP_TOKEN


@pytest.mark.parametrize(
    "url", ["http://localhost:9/api", "http://[::1]:9/", "http://127.8.8.8/", "https://slack-gov.com/api/"]
)
def test_an_address_on_this_machine_or_encrypted_is_taken(url: str) -> None:
    with environment(HTTP | {"SLACK_API_URL": url}):
        assert load_settings().slack_url.startswith(url)


@given(st.binary(min_size=32, max_size=32))
@settings(max_examples=50)
def test_a_key_as_the_readme_makes_it_is_taken(drawn: bytes) -> None:
    key = hashlib.sha256(drawn).hexdigest()
    with environment({"COCM_AUDIT_KEY": key}):
        assert load_keyed_settings().audit_secrets == {"": key}


def test_creators_are_taken_with_blanks_and_empty_places_between() -> None:
    with environment(HTTP | {"COCM_REGISTRY_CREATORS": " Ada@Example.org ,, bo@example.org,"}):
        assert load_settings().registry_creators.count("@") == 2


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


def test_the_command_says_it_in_one_line_and_exits_with_2() -> None:
    ended = run_here(HTTP | {"SLACK_BOT_TOKEN": "do-not-print"}, "serve")
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
    ("a blank before a key", "", f"b: {AUDIT_KEY}1", "COCM_AUDIT_KEYS is malformed"),
    ("the same key twice", "", f"b:{AUDIT_KEY}1,c:{AUDIT_KEY}1", "COCM_AUDIT_KEYS is malformed"),
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


def test_several_workspaces_need_no_token_and_say_who_may_install(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in (
        SEVERAL | {"COCM_WORKSPACES": "T0123, E0456", "COCM_FIRST_WORKSPACE": "T0123"}
    ).items():
        monkeypatch.setenv(name, value)
    found = load_settings()
    assert found.may_install == {"T0123", "E0456"}
    assert [found.part_of(each) for each in ("T0123", "E0456", "")] == ["", "E0456", ""]
