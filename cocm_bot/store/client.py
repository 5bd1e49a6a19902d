"""The DynamoDB client: one for a process, made once and used from all threads."""

from typing import TYPE_CHECKING

from boto3.session import Session
from botocore.config import Config

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient


def connect(*, patient: bool = False, max_connections: int) -> "DynamoDBClient":
    """Make a client; region, credentials and endpoint come from boto3's own AWS_* variables.

    A patient client waits and retries longer: for digests and imports, never while a person waits.
    """
    config = Config(
        retries={"mode": "standard", "total_max_attempts": 8 if patient else 3},
        connect_timeout=5 if patient else 1,
        read_timeout=10 if patient else 2,
        max_pool_connections=max_connections,
        tcp_keepalive=True,
    )
    return Session().client("dynamodb", config=config)
