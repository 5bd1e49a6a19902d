"""The manifest asks for what the app registers and calls: nothing is missing, nothing is too much."""

import ast
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

import pytest
import yaml
from pydantic import AnyHttpUrl, BaseModel, ConfigDict, Field, SecretStr, StringConstraints, ValidationError
from slack_bolt import App
from slack_sdk import WebClient
from starlette.routing import Route
from typer.testing import CliRunner

import cocm_bot.slack
from cocm_bot.bootstrap import running_bot
from cocm_bot.cli.main import app
from cocm_bot.config import Settings
from cocm_bot.domain.errors import InvalidInput
from cocm_bot.slack.commands import COMMANDS
from cocm_bot.slack.runtime.listeners import ANY, Listeners, Offer
from cocm_bot.slack.runtime.server.http import http_app
from cocm_bot.slack.workspaces.oauth import REDIRECT

ROOT = Path(__file__).parents[2]

# The bot scopes each method asks for, by slack_sdk's name of it. Source: Slack's method reference, "Bot
# scopes". conversations.info asks for the scope of the kind of place; a command can be typed in all four.
SCOPES_OF_METHOD: Mapping[str, frozenset[str]] = {
    # of the app itself, by its id and secret
    "apps_uninstall": frozenset(),
    "oauth_v2_access": frozenset(),
    "auth_teams_list": frozenset(),
    "auth_test": frozenset(),
    "chat_postEphemeral": frozenset({"chat:write"}),
    "chat_postMessage": frozenset({"chat:write"}),
    "chat_update": frozenset({"chat:write"}),
    # both for direct messages with one person alone
    "conversations_history": frozenset({"im:history"}),
    "conversations_open": frozenset({"im:write"}),
    "conversations_info": frozenset({"channels:read", "groups:read", "im:read", "mpim:read"}),
    "files_delete": frozenset({"files:write"}),
    "files_info": frozenset({"files:read"}),
    "files_upload_v2": frozenset({"files:write"}),
    # the profile holds the e-mail address only with the second scope, and the gate knows people by it
    "users_info": frozenset({"users:read", "users:read.email"}),
    "users_list": frozenset({"users:read", "users:read.email"}),
    "users_lookupByEmail": frozenset({"users:read.email"}),
    "views_open": frozenset(),
    "views_publish": frozenset(),
    "views_push": frozenset(),
    "views_update": frozenset(),
}

# Source: Slack's event reference, "Required scopes".
SCOPES_OF_EVENT: Mapping[str, frozenset[str]] = {
    "app_home_opened": frozenset(),
    "app_uninstalled": frozenset(),
    "tokens_revoked": frozenset(),
    "user_change": frozenset({"users:read"}),
    "message.im": frozenset({"im:history"}),
    # of public channels with the one scope, of private ones with the other
    "channel_shared": frozenset({"channels:read", "groups:read"}),
}

# Every way in that Bolt offers, and its entry in a manifest.
ENTRANCES = {
    "command": "commands",
    "event": "events",
    "message": "events",
    "function": "functions",
    "shortcut": "shortcuts",
    "global_shortcut": "shortcuts",
    "message_shortcut": "shortcuts",
    "action": "actions",
    "block_action": "actions",
    "view": "actions",
    "view_submission": "actions",
    "view_closed": "actions",
    "options": "suggestions",
    "block_suggestion": "suggestions",
}
# The kinds of payload that the code looks listeners up for, and their entries in a manifest.
OFFERS = {
    Offer.COMMAND: "commands",
    Offer.EVENT: "events",
    Offer.SHORTCUT: "shortcuts",
    Offer.ACTION: "actions",
    Offer.SUBMISSION: "actions",
    Offer.CLOSED: "actions",
    Offer.SUGGESTIONS: "suggestions",
}


class Part(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


class Command(Part):
    command: Annotated[str, StringConstraints(pattern=r"^/[a-z-]+$", max_length=32)]
    url: str
    description: Annotated[str, StringConstraints(min_length=1)]
    usage_hint: Annotated[str, StringConstraints(min_length=1)]
    should_escape: bool


class Metadata(Part):
    major_version: int
    minor_version: int


class DisplayInformation(Part):
    name: Annotated[str, StringConstraints(min_length=1, max_length=35)]
    description: Annotated[str, StringConstraints(min_length=1, max_length=140)]
    long_description: Annotated[str, StringConstraints(min_length=175, max_length=4000)]
    background_color: Annotated[str, StringConstraints(pattern=r"^#[0-9a-f]{6}$")]


class AppHome(Part):
    home_tab_enabled: bool
    messages_tab_enabled: bool
    messages_tab_read_only_enabled: bool


class BotUser(Part):
    display_name: Annotated[str, StringConstraints(min_length=1, max_length=35)]
    always_online: bool


class Shortcut(Part):
    name: Annotated[str, StringConstraints(min_length=1, max_length=24)]
    type: Literal["global"]
    callback_id: Annotated[str, StringConstraints(min_length=1, max_length=255)]
    description: Annotated[str, StringConstraints(min_length=1, max_length=150)]


class Features(Part):
    app_home: AppHome
    bot_user: BotUser
    slash_commands: Annotated[list[Command], Field(max_length=50)]
    shortcuts: Annotated[list[Shortcut], Field(max_length=10)]


class Scopes(Part):
    bot: list[str]


class OAuth(Part):
    scopes: Scopes
    redirect_urls: list[str] = []


class Events(Part):
    request_url: str
    bot_events: list[str]


class Interactivity(Part):
    is_enabled: bool
    request_url: str
    message_menu_options_url: str


class AppSettings(Part):
    event_subscriptions: Events
    interactivity: Interactivity
    org_deploy_enabled: bool
    socket_mode_enabled: bool
    token_rotation_enabled: bool


class Manifest(Part):
    """The parts of Slack's manifest schema that the bot uses, with Slack's limits."""

    metadata: Annotated[Metadata, Field(alias="_metadata")]
    display_information: DisplayInformation
    features: Features
    oauth_config: OAuth
    settings: AppSettings


@dataclass(frozen=True)
class Uses:
    """The names that the code registers and calls."""

    registered: dict[str, set[str]] = field(
        default_factory=lambda: {kind: set() for kind in set(ENTRANCES.values())}
    )
    methods: set[str] = field(default_factory=set)
    paths: set[str] = field(default_factory=set)


def written() -> dict[str, Any]:
    read: dict[str, Any] = yaml.safe_load((ROOT / "cocm_bot/manifest.yaml").read_text())
    return read


@pytest.fixture(scope="module")
def uses() -> Uses:
    """Builds the real app, noting what it registers."""
    found = Uses()
    settings = Settings(
        SLACK_BOT_TOKEN=SecretStr("xoxb-test"),
        SLACK_SIGNING_SECRET=SecretStr("a secret of the tests alone"),
        SLACK_API_URL=AnyHttpUrl("http://127.0.0.1:9"),
        COCM_AUDIT_KEY=SecretStr("a key for the tests and for nothing else"),
    )
    with pytest.MonkeyPatch.context() as patch:
        for name in ("AWS_DEFAULT_REGION", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
            patch.setenv(name, "us-east-1")  # whatever: nothing is called
        for entrance, kind in ENTRANCES.items():
            patch.setattr(App, entrance, noting(getattr(App, entrance), found.registered[kind]))
        patch.setattr(Listeners, "add", noting_offers(Listeners.add, found.registered))
        with running_bot(settings) as bot:
            routes = http_app(bot.bolt, bot.ready, "").routes
    found.paths.update(
        route.path for route in routes if isinstance(route, Route) and "POST" in (route.methods or ())
    )
    found.methods.update(called_methods())
    return found


def noting(register: Callable[..., Any], into: set[str]) -> Callable[..., Any]:
    def noted(app: App, name: Any, *rest: Any, **more: Any) -> Any:
        # Those that take all of a kind look up what is meant, and that is noted there.
        if name is not ANY:
            into.add(str(getattr(name, "pattern", name)))
        return register(app, name, *rest, **more)

    return noted


def noting_offers(add: Callable[..., None], into: dict[str, set[str]]) -> Callable[..., None]:
    def noted(listeners: Listeners, offer: Offer, wanted: Any, listener: Any) -> None:
        # One name is registered for messages of all kinds of places; the bot answers those sent to it alone.
        name = {"message": "message.im"}.get(wanted, wanted) if isinstance(wanted, str) else wanted.pattern
        into[OFFERS[offer]].add(name)
        add(listeners, offer, wanted, listener)

    return noted


def called_methods() -> set[str]:
    """The Web API methods named in the Slack layer, by slack_sdk's names."""
    offered = {name for name in dir(WebClient) if "_" in name.strip("_")}
    named: set[str] = set()
    for path in Path(cocm_bot.slack.__path__[0]).rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Attribute):
                named.add(node.attr)
            elif isinstance(node, ast.Constant) and isinstance(node.value, str):
                named.add(node.value)
    return named & offered


def faults(manifest: Manifest, uses: Uses) -> list[str]:
    """Return what is missing or too much, one sentence each."""
    features, settings = manifest.features, manifest.settings
    registered = uses.registered
    commands = {command.command for command in features.slash_commands}
    events = set(settings.event_subscriptions.bot_events)
    found = [
        *differences("command", commands, registered["commands"]),
        *differences("event", events, registered["events"]),
        *differences("shortcut", {each.callback_id for each in features.shortcuts}, registered["shortcuts"]),
        *differences("function", set(), registered["functions"]),
        *differences("scope", set(manifest.oauth_config.scopes.bot), needed_scopes(uses)),
        *(f"no scopes are known for {method}" for method in sorted(uses.methods - SCOPES_OF_METHOD.keys())),
        *(f"no scopes are known for {event}" for event in sorted(events - SCOPES_OF_EVENT.keys())),
    ]
    if features.app_home.home_tab_enabled is not ("app_home_opened" in registered["events"]):
        found.append("the Home tab is on without a listener, or off with one")
    if settings.interactivity.is_enabled is not bool(registered["actions"]):
        found.append("interactivity is on without a listener, or off with one")
    addresses = [
        *(command.url for command in features.slash_commands),
        settings.event_subscriptions.request_url,
        settings.interactivity.request_url,
        *([settings.interactivity.message_menu_options_url] if registered["suggestions"] else []),
    ]
    if len(set(addresses)) != 1 or not addresses[0].startswith("https://"):
        found.append("the addresses are not one HTTPS address")
    found += [f"{path} is not served" for path in {urlsplit(url).path for url in addresses} - uses.paths]
    hinted = {word.strip() for command in features.slash_commands for word in command.usage_hint.split("|")}
    found += [
        f"{word} is hinted at and no command" for word in hinted - {command.name for command in COMMANDS}
    ]
    return found


def needed_scopes(uses: Uses) -> set[str]:
    scopes = {"commands"} if uses.registered["commands"] or uses.registered["shortcuts"] else set()
    for method in uses.methods & SCOPES_OF_METHOD.keys():
        scopes |= SCOPES_OF_METHOD[method]
    for event in uses.registered["events"] & SCOPES_OF_EVENT.keys():
        scopes |= SCOPES_OF_EVENT[event]
    return scopes


def differences(what: str, asked: set[str], used: set[str]) -> list[str]:
    return [
        *(f"{what} {name} is missing" for name in sorted(used - asked)),
        *(f"{what} {name} is too much" for name in sorted(asked - used)),
    ]


def test_the_manifest_and_the_code_agree(uses: Uses) -> None:
    assert faults(Manifest.model_validate(written()), uses) == []


def test_the_code_is_really_looked_at(uses: Uses) -> None:
    assert uses.registered["commands"] == {"/cocm"}
    assert uses.registered["events"] == {
        "app_home_opened",
        "app_uninstalled",
        "channel_shared",
        "message.im",
        "tokens_revoked",
        "user_change",
    }
    assert {"users_info", "views_open", "views_push", "views_update"} <= uses.methods
    assert uses.registered["actions"]
    assert uses.registered["suggestions"]
    assert uses.paths == {"/slack/events"}


def test_scopes_and_events_are_named_once_and_in_order() -> None:
    manifest = Manifest.model_validate(written())
    for names in (manifest.oauth_config.scopes.bot, manifest.settings.event_subscriptions.bot_events):
        assert names == sorted(set(names))


SLIPS: list[tuple[str, object, str]] = [
    ("oauth_config.scopes.bot.0", "channel:read", "scope channel:read is too much"),
    ("oauth_config.scopes.bot.0", "channel:read", "scope channels:read is missing"),
    ("oauth_config.scopes.bot.0", "users:write", "scope users:write is too much"),
    ("settings.event_subscriptions.bot_events.0", "app_home_open", "event app_home_opened is missing"),
    ("features.slash_commands.0.command", "/cocmm", "command /cocm is missing"),
    ("features.slash_commands.0.usage_hint", "today | casload", "casload is hinted at and no command"),
    ("features.shortcuts.0.callback_id", "shortcut:find", "shortcut shortcut:log is missing"),
    ("features.slash_commands.0.url", "https://cocm.example.org/slack", "the addresses are not one"),
    ("features.app_home.home_tab_enabled", False, "the Home tab is on without"),
    ("settings.interactivity.is_enabled", False, "interactivity is on without"),
    ("settings.interactivity.message_menu_options_url", "", "the addresses are not one"),
]


@pytest.mark.parametrize(("place", "value", "fault"), SLIPS)
def test_a_slip_in_the_manifest_is_found(uses: Uses, place: str, value: object, fault: str) -> None:
    found = faults(Manifest.model_validate(changed(place, value)), uses)
    assert [sentence for sentence in found if sentence.startswith(fault)]


MISSHAPEN: list[tuple[str, object]] = [
    ("settings.socket_mode", True),
    ("oauth_config.scopes.bots", ["commands"]),
    ("display_information.name", "n" * 36),
    ("display_information.description", "d" * 141),
    ("display_information.long_description", "l" * 174),
    ("display_information.long_description", "l" * 4001),
    ("features.slash_commands.0.command", "/" + "c" * 32),
    ("features.slash_commands.0.command", "cocm"),
    ("settings.socket_mode_enabled", "no, thanks"),
    ("features.shortcuts.0.name", "n" * 25),
    ("features.shortcuts.0.type", "message"),
]


@pytest.mark.parametrize(("place", "value"), MISSHAPEN)
def test_what_slack_would_not_take_is_refused(place: str, value: object) -> None:
    with pytest.raises(ValidationError):
        Manifest.model_validate(changed(place, value))


def changed(place: str, value: object) -> dict[str, Any]:
    """The manifest with another value at a place."""
    manifest = written()
    part: Any = manifest
    *way, last = (int(step) if step.isdecimal() else step for step in place.split("."))
    for step in way:
        part = part[step]
    part[last] = value
    return manifest


def printed(*words: str) -> tuple[int, str]:
    result = CliRunner().invoke(app, ["manifest", *words])
    return result.exit_code, result.output


@pytest.mark.parametrize("url", ["https://bot.clinic.org", "https://bot.clinic.org/", "https://b.org:8443"])
def test_the_command_prints_the_manifest_with_the_bots_address(uses: Uses, url: str) -> None:
    code, output = printed("--url", url)
    manifest = Manifest.model_validate(yaml.safe_load(output))
    assert (code, faults(manifest, uses)) == (0, [])
    assert manifest.settings.event_subscriptions.request_url == f"{url.rstrip('/')}/slack/events"
    assert "example.org" not in output


def test_for_socket_mode_it_needs_no_address(uses: Uses) -> None:
    code, output = printed("--socket-mode")
    manifest = Manifest.model_validate(yaml.safe_load(output))
    assert (code, manifest.settings.socket_mode_enabled, faults(manifest, uses)) == (0, True, [])


def test_for_several_workspaces_it_has_the_page_that_slack_sends_browsers_back_to(uses: Uses) -> None:
    code, output = printed("--url", "https://bot.clinic.org", "--several-workspaces")
    manifest = Manifest.model_validate(yaml.safe_load(output))
    assert (code, faults(manifest, uses)) == (0, [])
    assert manifest.oauth_config.redirect_urls == [f"https://bot.clinic.org{REDIRECT}"]
    assert manifest.settings.token_rotation_enabled
    assert manifest.settings.org_deploy_enabled


def test_several_workspaces_need_an_address() -> None:
    with pytest.raises(InvalidInput, match="over HTTP"):
        CliRunner().invoke(app, ["manifest", "--socket-mode", "--several-workspaces"], catch_exceptions=False)


ADDRESSES = [
    "http://bot.org",
    "bot.org",
    "https://",
    "https://bot.org/slack",
    "https://a:b@bot.org",
    "https://bot.org?x=1",
]


@pytest.mark.parametrize("words", [[], *(["--url", each] for each in ADDRESSES)])
def test_an_address_that_slack_would_refuse_is_refused(words: list[str]) -> None:
    with pytest.raises(InvalidInput):
        CliRunner().invoke(app, ["manifest", *words], catch_exceptions=False)
