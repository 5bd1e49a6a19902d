"""The errors of whoever runs the bot, and what to do about each: one line, by the reason's own code."""

from collections.abc import Mapping
from types import MappingProxyType

from cocm_bot.domain.errors import CocmError, Unavailable

_CREDENTIALS = "AWS does not take the credentials: check AWS_ACCESS_KEY_ID and the like, or the role."
_TOKEN = "set SLACK_BOT_TOKEN to the token of the installed app, or install the app again."  # noqa: S105 - advice

ADVICE: Mapping[str, str] = MappingProxyType(
    {
        "ResourceNotFoundException": (
            "it is not there: check COCM_TABLE and AWS_DEFAULT_REGION, or run `cocm-bot table create`."
        ),
        "AccessDeniedException": "the role may not use it: give it the policy in docs/iam.md.",
        "EndpointConnectionError": (
            "nothing answers: check AWS_DEFAULT_REGION, AWS_ENDPOINT_URL_DYNAMODB and the network."
        ),
        "IndexMissing": "the index is missing: run `cocm-bot table create`.",
        "IndexOtherKeys": "the index has other keys than it should: run `cocm-bot table check`.",
        "NoCredentialsError": "no AWS credentials were found: give the process a role, or AWS_ACCESS_KEY_ID.",
        "CredentialRetrievalError": (
            "the role gives no valid credentials: check the role, and the machine's clock."
        ),
        "ExpiredTokenException": _CREDENTIALS,
        "IncompleteSignatureException": _CREDENTIALS,
        "InvalidSignatureException": _CREDENTIALS,
        "MissingAuthenticationTokenException": _CREDENTIALS,
        "UnrecognizedClientException": _CREDENTIALS,
    }
)
"""By the table's reason: what is wrong, and what to do. Any other passes by itself, so the bot starts."""

TOKEN_ADVICE: Mapping[str, str] = MappingProxyType(
    {
        **dict.fromkeys(
            (
                "account_inactive",
                "invalid_auth",
                "invalid_token",
                "not_authed",
                "token_expired",
                "token_revoked",
            ),
            _TOKEN,
        ),
        "missing_scope": "install the app again, with the scopes of manifest.yaml.",
        "no_permission": "install the app again, with the scopes of manifest.yaml.",
        "not_allowed_token_type": "SLACK_BOT_TOKEN must be a bot token; it begins with xoxb-.",
        "ekm_access_denied": "the workspace's admins have suspended the app: ask them.",
        "org_login_required": "the workspace is being moved: ask its admins.",
        "team_access_not_granted": "the organisation's admins must let the app into this workspace.",
        "team_not_found": _TOKEN,
    }
)
"""The same by Slack's reason."""


NETWORK_ADVICE: Mapping[str, str] = MappingProxyType(
    {
        "NameResolutionError": "there is no such host: check SLACK_API_URL, name resolution and any proxy.",
        "NewConnectionError": "nothing answers: check SLACK_API_URL, the network and any proxy.",
        "NoJson": "what answers is not Slack: check SLACK_API_URL and any proxy.",
        "SSLError": (
            "its certificate is not trusted: check the address and any proxy, and AWS_CA_BUNDLE for the "
            "table or SSL_CERT_FILE for Slack."
        ),
    }
)
"""The same of what may pass by itself, so that the bot starts."""


class SettingsError(Exception):
    """Settings are missing or malformed; the text is one line that names the first of them."""

    def __init__(self, first: str, *others: str) -> None:
        super().__init__(first)
        self.all = (first, *others)


class CannotStart(CocmError):
    """Something that will not pass by itself keeps the bot from working."""


def explained(error: Unavailable, subject: str = "The table") -> str:
    """Return a line for whoever runs the bot: the reason's own code, and what to do about it, if known."""
    advice = {**ADVICE, **TOKEN_ADVICE, **NETWORK_ADVICE}.get(error.reason)
    if advice:
        return f"{subject} ({error.reason}): {advice}"
    return f"{error} ({error.reason})" if error.reason else str(error)
