"""Settings from the environment, checked at boot; secrets are never printed."""

import re
from ipaddress import ip_address
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

from pydantic import AnyHttpUrl, Field, SecretStr, StringConstraints, ValidationError, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from cocm_bot.key_strength import weakness
from cocm_bot.logs import Style
from cocm_bot.operator_errors import SettingsError
from cocm_bot.telemetry.destinations import Metrics

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails

S = TypeVar("S", bound="TableSettings")
K = TypeVar("K", bound="KeyedSettings")
SHORTEST_KEY = 32
KEY_BITS = 96
SECRET_BITS = 32
"""Of what Slack makes: only a slip of the hand falls short of it."""
WORKSPACE = r"[TE][A-Z0-9]{2,30}"
"""The id of a workspace or an organization, as Slack makes them."""
WorkspaceId = Annotated[str, StringConstraints(pattern=rf"^({WORKSPACE})?$")]
KEY_ID = re.compile(r"[A-Za-z0-9_-]{1,20}")
LOG_LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR")


class TableSettings(BaseSettings):
    """Settings to reach the table; its place and credentials come from boto3's own AWS_* variables."""

    model_config = SettingsConfigDict(case_sensitive=True, extra="ignore")

    table: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_.-]{3,255}$")] = Field(
        "cocm-registry", validation_alias="COCM_TABLE"
    )
    log_level: str = Field("INFO", validation_alias="COCM_LOG_LEVEL")
    log_format: Style = Field(Style.AUTO, validation_alias="COCM_LOG_FORMAT")

    @field_validator("log_level")
    @classmethod
    def _known_level(cls, level: str) -> str:
        if level.upper() not in LOG_LEVELS:
            raise ValueError("use one of " + ", ".join(LOG_LEVELS))
        return level.upper()


class KeyedSettings(TableSettings):
    """Settings needed to let anybody see or change what is in the table: nobody does unrecorded."""

    audit_key: SecretStr | None = Field(None, validation_alias="COCM_AUDIT_KEY")
    audit_keys: SecretStr | None = Field(None, validation_alias="COCM_AUDIT_KEYS")
    """`id:secret,id:secret`, newest first; a key of COCM_AUDIT_KEY beside them is the oldest."""
    audit_years: Annotated[int, Field(ge=6, le=100)] = Field(6, validation_alias="COCM_AUDIT_YEARS")
    """HIPAA asks for six (45 CFR 164.316(b)(2)); states may ask for more."""
    user_pool_id: Annotated[str, StringConstraints(pattern=r"^[\w-]+_[0-9A-Za-z]+$")] | None = Field(
        None, validation_alias="COCM_COGNITO_USER_POOL_ID"
    )
    workspace: WorkspaceId = Field("", validation_alias="COCM_WORKSPACE")
    """The workspace or organization whose records commands work with, of several in the table."""
    first_workspace: WorkspaceId = Field("", validation_alias="COCM_FIRST_WORKSPACE")
    """The one of several whose records are from before there were several: their keys name none."""

    def part_of(self, workspace: str) -> str:
        """Return the name that the keys of a workspace's records begin with; empty for none."""
        return "" if workspace == self.first_workspace else workspace

    @field_validator("audit_key")
    @classmethod
    def _audit_key_strength(cls, key: SecretStr | None) -> SecretStr | None:
        if key is None:
            return None
        if len(key.get_secret_value()) < SHORTEST_KEY:
            raise ValueError(f"use at least {SHORTEST_KEY} random characters")
        if weak := weakness(key.get_secret_value(), KEY_BITS):
            raise ValueError(weak)
        return key

    @field_validator("audit_keys")
    @classmethod
    def _audit_keys_shape(cls, keys: SecretStr | None) -> SecretStr | None:
        for key_id, secret in _named(keys):
            if not KEY_ID.fullmatch(key_id):
                raise ValueError("write id:secret,id:secret with ids of up to 20 letters, digits, - and _")
            if secret != secret.strip():
                # What one environment keeps of a line break another drops: every seal would look altered.
                raise ValueError("leave out blanks and line breaks around a key")
            cls._audit_key_strength(SecretStr(secret))
        if len(dict(_named(keys))) < len(_named(keys)):
            raise ValueError("give each key an id of its own")
        if len({secret for _, secret in _named(keys)}) < len(_named(keys)):
            raise ValueError("two ids have the same key: a change of keys needs another")
        return keys

    @property
    def audit_secrets(self) -> dict[str, str]:
        """The audit keys by id, newest first; that of COCM_AUDIT_KEY has an empty id."""
        named = dict(_named(self.audit_keys))
        return named | ({"": self.audit_key.get_secret_value()} if self.audit_key else {})


class Settings(KeyedSettings):
    """Settings of a bot that serves a workspace, over HTTP or, with an app token, over Socket Mode."""

    bot_token: SecretStr | None = Field(None, validation_alias="SLACK_BOT_TOKEN")
    """Of the only workspace; several have theirs in the table."""
    client_id: str | None = Field(None, validation_alias="SLACK_CLIENT_ID")
    """With it, workspaces install the app themselves."""
    client_secret: SecretStr | None = Field(None, validation_alias="SLACK_CLIENT_SECRET")
    workspaces: Annotated[
        str, StringConstraints(pattern=rf"^({WORKSPACE}(, *{WORKSPACE})*)?$", strip_whitespace=True)
    ] = Field("", validation_alias="COCM_WORKSPACES")
    """The ids, with commas between, of the workspaces and organizations that may install the app."""
    signing_secret: SecretStr | None = Field(None, validation_alias="SLACK_SIGNING_SECRET")
    app_token: SecretStr | None = Field(None, validation_alias="SLACK_APP_TOKEN")
    api_url: AnyHttpUrl = Field(AnyHttpUrl("https://slack.com/api/"), validation_alias="SLACK_API_URL")
    host: Annotated[str, StringConstraints(min_length=1)] = Field("127.0.0.1", validation_alias="COCM_HOST")
    port: Annotated[int, Field(ge=0, le=65535)] = Field(3000, validation_alias="COCM_PORT")
    registry_creators: str = Field("", validation_alias="COCM_REGISTRY_CREATORS")
    """E-mail addresses, with commas between, of those who may set up a registry from Slack."""
    posts_per_minute: Annotated[int, Field(ge=1)] = Field(90, validation_alias="COCM_POSTS_PER_MINUTE")
    """Of this process's clock: four together stay below what Slack is known to take of one app."""
    drain_seconds: Annotated[int, Field(ge=0, le=600)] = Field(10, validation_alias="COCM_DRAIN_SECONDS")
    """Seconds that requests are still served after SIGTERM, while the balancer finds out."""
    metrics: Metrics = Field(Metrics.OFF, validation_alias="COCM_METRICS")
    """The place that figures of this process are reported to, each minute."""
    workspace_admins_create: bool = Field(False, validation_alias="COCM_WORKSPACE_ADMINS_CREATE")
    org_shared_channels: bool = Field(False, validation_alias="COCM_ORG_SHARED_CHANNELS")
    """Speak in channels shared between workspaces of the organization on Enterprise Grid."""

    @field_validator("bot_token")
    @classmethod
    def _bot_token_shape(cls, token: SecretStr | None) -> SecretStr | None:
        if token and not token.get_secret_value().startswith("xoxb-"):
            raise ValueError("a bot token starts with xoxb-")
        return token

    @field_validator("app_token")
    @classmethod
    def _app_token_shape(cls, token: SecretStr | None) -> SecretStr | None:
        if token and not token.get_secret_value().startswith("xapp-"):
            raise ValueError("an app token starts with xapp-")
        return token

    @field_validator("signing_secret")
    @classmethod
    def _signing_secret_strength(cls, secret: SecretStr | None) -> SecretStr | None:
        if secret and (weak := weakness(secret.get_secret_value(), SECRET_BITS)):
            raise ValueError(f"{weak.partition(':')[0]}; Slack shows it under Basic Information")
        return secret

    @field_validator("api_url")
    @classmethod
    def _encrypted(cls, url: AnyHttpUrl) -> AnyHttpUrl:
        if url.scheme != "https" and not _is_loopback(url.host or ""):
            raise ValueError("use https: the bot's token goes there with every call")
        if url.username or url.password:
            raise ValueError("leave user and password out of the address")
        return url

    @field_validator("registry_creators")
    @classmethod
    def _addresses(cls, listed: str) -> str:
        from email_validator import EmailNotValidError, validate_email  # noqa: PLC0415 - only `serve` needs it

        for place, address in enumerate(listed.split(","), 1):
            try:
                if address.strip():
                    validate_email(address.strip(), check_deliverability=False)
            except EmailNotValidError:
                raise ValueError(f"entry {place} is not an e-mail address") from None
        return listed

    @field_validator("client_secret")
    @classmethod
    def _client_secret_strength(cls, secret: SecretStr | None) -> SecretStr | None:
        if secret and (weak := weakness(secret.get_secret_value(), SECRET_BITS)):
            raise ValueError(f"{weak.partition(':')[0]}; Slack shows it under Basic Information")
        return secret

    @property
    def may_install(self) -> frozenset[str]:
        """Return the workspaces and organizations that may install the app."""
        return frozenset(re.findall(WORKSPACE, self.workspaces))

    @property
    def slack_url(self) -> str:
        """The Web API's address, with the closing slash slack_sdk needs."""
        return str(self.api_url).rstrip("/") + "/"


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def load_settings() -> Settings:
    """Read what `serve` needs; raises SettingsError for the first setting that is missing or malformed."""
    settings = _keyed(_load(Settings))
    if settings.client_id is not None:
        return _of_several(settings)
    if settings.bot_token is None:
        raise SettingsError("SLACK_BOT_TOKEN is missing: set it in the environment.")
    if settings.app_token is None and settings.signing_secret is None:
        raise SettingsError(
            "SLACK_SIGNING_SECRET is missing: set it, or SLACK_APP_TOKEN to use Socket Mode instead."
        )
    return settings


def _of_several(settings: Settings) -> Settings:
    """The settings of a bot for several workspaces; raises SettingsError for what does not go with that."""
    if settings.bot_token or settings.app_token:
        raise SettingsError(
            "SLACK_CLIENT_ID is for several workspaces, which install the app over HTTP: leave out "
            "SLACK_BOT_TOKEN and SLACK_APP_TOKEN, or SLACK_CLIENT_ID."
        )
    needed = {
        "SLACK_CLIENT_SECRET": settings.client_secret,
        "SLACK_SIGNING_SECRET": settings.signing_secret,
        "COCM_WORKSPACES": settings.workspaces,
    }
    for name, value in needed.items():
        if not value:
            raise SettingsError(f"{name} is missing: with SLACK_CLIENT_ID it has to be set.")
    if settings.first_workspace and settings.first_workspace not in settings.may_install:
        raise SettingsError("COCM_FIRST_WORKSPACE is not among COCM_WORKSPACES: add it there.")
    return settings


def load_table_settings() -> TableSettings:
    """Read what the table commands need; raises SettingsError as `load_settings` does."""
    return _load(TableSettings)


def load_reading_settings() -> KeyedSettings:
    """Read what the commands need that only read: the key may be missing."""
    return _load(KeyedSettings)


def load_keyed_settings() -> KeyedSettings:
    """Read what the commands need that work with records; raises SettingsError as `load_settings` does."""
    return _keyed(_load(KeyedSettings))


def _keyed(settings: K) -> K:
    if not settings.audit_secrets:
        raise SettingsError("COCM_AUDIT_KEY is missing: set it in the environment.")
    return settings


def _named(keys: SecretStr | None) -> list[tuple[str, str]]:
    """The ids and secrets of a keyring as it is typed."""
    typed = [each.strip().partition(":") for each in keys.get_secret_value().split(",")] if keys else []
    return [(key_id, secret) for key_id, _, secret in typed]


def _load(kind: type[S]) -> S:
    # An empty variable is a variable somebody forgot to fill in: treated as missing, never as a value.
    try:
        return kind(_env_ignore_empty=True)
    except ValidationError as error:
        raise SettingsError(*map(_sentence, error.errors(include_input=False, include_url=False))) from None


def _sentence(fault: "ErrorDetails") -> str:
    name = ".".join(str(part) for part in fault["loc"])
    if fault["type"] == "missing":
        return f"{name} is missing: set it in the environment."
    context: dict[str, Any] = fault.get("ctx", {})
    return f"{name} is malformed: {context.get('error', fault['msg'])}."
