"""The clients of AWS: one of each for a process, made once and used from all threads."""

import json
from collections.abc import Callable
from functools import cache
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, TypeVar

from boto3.session import Session
from botocore.config import Config
from botocore.exceptions import BotoCoreError, NoRegionError
from botocore.loaders import Loader, create_loader
from botocore.session import get_session

from cocm_bot.store.table.errors import NotConfigured

if TYPE_CHECKING:
    from mypy_boto3_cognito_idp import CognitoIdentityProviderClient
    from mypy_boto3_dynamodb import DynamoDBClient

T = TypeVar("T")


def connect(*, patient: bool = False, max_connections: int) -> "DynamoDBClient":
    """Make a client for the table.

    Region, credentials and endpoint come from boto3's own AWS_* variables; raises NotConfigured when they do
    not make a client. A patient client waits and retries longer: for digests and imports, never while a
    person waits.
    """
    client = _made(lambda: _session().client("dynamodb", config=_config(max_connections, patient=patient)))
    client.meta.events.register("before-parse.dynamodb.Query", items_as_sent)
    return client


def listen(client: "DynamoDBClient", hear: Callable[[str | None], None]) -> None:
    """Hand on the Date header of each answer the table gives this client from now on."""

    def heard(http_response: Any, **_: object) -> None:
        hear(http_response.headers.get("Date"))

    client.meta.events.register("after-call.dynamodb", heard)


def connect_user_pools(*, max_connections: int) -> "CognitoIdentityProviderClient":
    """Make a client for Cognito's user pools, configured as that for the table; raises NotConfigured."""
    return _made(lambda: _session().client("cognito-idp", config=_config(max_connections, patient=False)))


def _session() -> Session:
    session = get_session()
    session.register_component("data_loader", _loader())
    return Session(botocore_session=session)


@cache
def _loader() -> Loader:
    """Return what botocore knows of AWS, read once for all clients: it takes longer than the rest of a
    start.
    """
    return create_loader()


def _config(max_connections: int, *, patient: bool) -> Config:
    return Config(
        retries={"mode": "standard", "total_max_attempts": 8 if patient else 3},
        connect_timeout=5 if patient else 1,
        read_timeout=10 if patient else 2,
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


def items_as_sent(
    response_dict: dict[str, Any], customized_response_dict: dict[str, Any], **_: object
) -> None:
    """Take a query's items as DynamoDB writes them, which is the form the store reads anyway.

    botocore's own parser walks through every attribute, and takes ten times as long as reading the JSON.
    """
    body: bytes = response_dict["body"]
    # Binary values alone are written otherwise than they are read.
    if response_dict["status_code"] != HTTPStatus.OK or b'"B"' in body or b'"BS"' in body:
        return
    answer = json.loads(body)
    customized_response_dict["Items"] = answer.pop("Items", [])
    response_dict["body"] = json.dumps(answer).encode()
