"""The clients of AWS: one of each for a process, made once and used from all threads."""

from collections.abc import Callable
from functools import cache
from typing import TYPE_CHECKING, Any, TypeVar, cast

from botocore.config import Config
from botocore.exceptions import BotoCoreError, NoRegionError
from botocore.loaders import Loader, create_loader
from botocore.session import Session, get_session

from cocm_bot.store.table.errors import NotConfigured
from cocm_bot.store.table.transport import send_directly

if TYPE_CHECKING:
    from mypy_boto3_cognito_idp import CognitoIdentityProviderClient
    from mypy_boto3_dynamodb import DynamoDBClient

T = TypeVar("T")

CONNECT_SECONDS, READ_SECONDS = 1, 2
"""The longest that one try of a request may take while a person waits."""


def connect(*, patient: bool = False, max_connections: int) -> "DynamoDBClient":
    """Make a client for the table.

    Region, credentials and endpoint come from AWS's own variables; raises NotConfigured when they do
    not make a client. A patient client waits and retries longer: for digests and imports, never while a
    person waits.
    """
    # The first try is sent directly, and is not one of these.
    config = _config(max_connections, tries=7 if patient else 2, patient=patient)
    session = _session()
    handler: Any = send_directly
    session.register("creating-client-class.dynamodb", handler)
    client: Any = _made(lambda: session.create_client("dynamodb", config=config))
    return cast("DynamoDBClient", client)


def listen(client: "DynamoDBClient", hear: Callable[[str | None], None]) -> None:
    """Hand on the Date header of each answer the table gives this client from now on."""

    def heard(http_response: Any, **_: object) -> None:
        hear(http_response.headers.get("Date"))

    client.meta.events.register("after-call.dynamodb", heard)


def connect_user_pools(*, max_connections: int) -> "CognitoIdentityProviderClient":
    """Make a client for Cognito's user pools, configured as that for the table; raises NotConfigured."""
    config = _config(max_connections, tries=3)
    client: Any = _made(lambda: _session().create_client("cognito-idp", config=config))
    return cast("CognitoIdentityProviderClient", client)


def _session() -> Session:
    session = get_session()
    session.register_component("data_loader", _loader())
    return session


@cache
def _loader() -> Loader:
    """Return what botocore knows of AWS, read once for all clients: it takes longer than the rest of a
    start.
    """
    return create_loader()


def _config(max_connections: int, *, tries: int, patient: bool = False) -> Config:
    return Config(
        retries={"mode": "standard", "total_max_attempts": tries},
        connect_timeout=CONNECT_SECONDS * (5 if patient else 1),
        read_timeout=READ_SECONDS * (5 if patient else 1),
        max_pool_connections=max_connections,
        tcp_keepalive=True,
    )


def _made(make: Callable[[], T]) -> T:
    try:
        return make()
    except NoRegionError:
        raise NotConfigured("AWS_DEFAULT_REGION is missing: set it to the region the table is in.") from None
    except BotoCoreError as error:
        raise NotConfigured(f"The AWS settings can't be used ({type(error).__name__}).") from error
