"""The DynamoDB client: one for a process, made once and used from all threads."""

from typing import TYPE_CHECKING

from boto3.session import Session
from botocore.config import Config
from botocore.exceptions import BotoCoreError, NoRegionError

from cocm_bot.store.errors import NotConfigured

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient


def connect(*, patient: bool = False, max_connections: int) -> "DynamoDBClient":
    """Make a client; region, credentials and endpoint come from boto3's own AWS_* variables.

    Raises NotConfigured when they do not make a client.
    A patient client waits and retries longer: for digests and imports, never while a person waits.
    """
    config = Config(
        retries={"mode": "standard", "total_max_attempts": 8 if patient else 3},
        connect_timeout=5 if patient else 1,
        read_timeout=10 if patient else 2,
        max_pool_connections=max_connections,
        tcp_keepalive=True,
    )
    try:
        client = Session().client("dynamodb", config=config)
    except NoRegionError:
        raise NotConfigured("AWS_DEFAULT_REGION is missing: set it to the region the table is in.") from None
    except BotoCoreError as error:
        raise NotConfigured(f"The AWS settings can't be used ({type(error).__name__}).") from error
    return client
