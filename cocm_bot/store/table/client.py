"""The clients of AWS: one of each for a process, made once and used from all threads."""

from collections.abc import Callable, Mapping
from functools import cache, partial
from typing import TYPE_CHECKING, Any, TypeVar

from botocore.awsrequest import AWSResponse
from botocore.config import Config
from botocore.exceptions import BotoCoreError, CredentialRetrievalError, NoRegionError
from botocore.loaders import Loader, create_loader
from botocore.session import Session, get_session

from cocm_bot.store.table.errors import NotConfigured
from cocm_bot.store.table.transport import TRIED, refuse_cut_off, send_directly
from cocm_bot.telemetry.in_hand import OK, note_table_request

if TYPE_CHECKING:
    from mypy_boto3_cognito_idp import CognitoIdentityProviderClient
    from mypy_boto3_dynamodb import DynamoDBClient

T = TypeVar("T")

REQUEST_ID = "x-amzn-RequestId"
"""The header with the name that AWS's support finds a request by."""

ANSWERED = "after-call.dynamodb"
"""The event after each request that was answered."""
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
    session: Any = _session()
    client: DynamoDBClient = _made(lambda: session.create_client("dynamodb", config=config))
    client.meta.events.register(TRIED, _note_first_try)
    client.meta.events.register("needs-retry.dynamodb", _note_try)
    client.meta.events.register("before-parse.dynamodb", refuse_cut_off)
    return client


def _with_capacity(params: dict[str, Any], model: Any, **_: object) -> None:
    """Have the answer say what it consumed, where the operation has that."""
    if model.input_shape is not None and "ReturnConsumedCapacity" in model.input_shape.members:
        params.setdefault("ReturnConsumedCapacity", "TOTAL")


def _note_first_try(
    operation: str,
    answer: AWSResponse | None = None,
    parsed: Mapping[str, Any] | None = None,
    caught_exception: Exception | None = None,
    **_: object,
) -> None:
    _note(operation, answer, parsed or {}, caught_exception)


def _note_try(
    operation: Any,
    response: tuple[AWSResponse, Mapping[str, Any]] | None = None,
    caught_exception: Exception | None = None,
    **_: object,
) -> None:
    """Take in a try of botocore's: it asks after each whether another one is to follow."""
    answer, parsed = response or (None, {})
    _note(operation.name, answer, parsed, caught_exception)


def _note(
    operation: str, answer: AWSResponse | None, parsed: Mapping[str, Any], caught: Exception | None
) -> None:
    consumed = parsed.get("ConsumedCapacity") or []
    each = consumed if isinstance(consumed, list) else [consumed]
    units = sum(float(part.get("CapacityUnits", 0.0)) for part in each)
    outcome = type(caught).__name__ if caught else _outcome(parsed)
    note_table_request(operation, outcome, units, answer.headers.get(REQUEST_ID, "") if answer else "")


def _outcome(parsed: Mapping[str, Any]) -> str:
    """Return the code of a refusal; of a canceled transaction, what else than a condition canceled it."""
    reasons = {reason.get("Code") for reason in parsed.get("CancellationReasons", [])}
    others = sorted(reasons - {None, "None", "ConditionalCheckFailed"})
    return str(others[0] if others else parsed.get("Error", {}).get("Code", OK))


def listen(client: "DynamoDBClient", hear: Callable[[str | None], None]) -> Callable[[], None]:
    """Hand on the Date header of each answer the table gives this client, until what it returns is called."""

    def heard(http_response: Any, **_: object) -> None:
        hear(http_response.headers.get("Date"))

    client.meta.events.register(ANSWERED, heard)
    return partial(client.meta.events.unregister, ANSWERED, heard)


def connect_user_pools(*, max_connections: int) -> "CognitoIdentityProviderClient":
    """Make a client for Cognito's user pools, configured as that for the table; raises NotConfigured."""
    config = _config(max_connections, tries=3)
    session: Any = _session()
    client: CognitoIdentityProviderClient = _made(lambda: session.create_client("cognito-idp", config=config))
    return client


def _session() -> Session:
    session = get_session()
    session.register_component("data_loader", _loader())
    # Its types know handlers of keyword arguments of any name alone.
    events: Any = session
    events.register("creating-client-class.dynamodb", send_directly)
    events.register("before-parameter-build.dynamodb", _with_capacity)
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
    except CredentialRetrievalError as error:
        raise NotConfigured(
            "The AWS role gives no credentials: check the role, and who hands them out."
        ) from error
    except BotoCoreError as error:
        raise NotConfigured(f"The AWS settings can't be used ({type(error).__name__}).") from error
