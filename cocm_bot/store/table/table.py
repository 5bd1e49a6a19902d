"""The table: reads, writes and transactions, with its failures turned into the project's own errors.

Items are in DynamoDB's own form here; `items` turns them into records and back.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError, ClientError, NoCredentialsError, ParamValidationError

from cocm_bot.domain.errors import Unavailable
from cocm_bot.store.table.backoff import tries
from cocm_bot.store.table.errors import NotConfigured, TooLarge
from cocm_bot.store.table.keys import INDEX, Key
from cocm_bot.store.table.transport import heard_at
from cocm_bot.store.table.wire import Item, from_wire, key_of, wire_key
from cocm_bot.store.table.writes import Write

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

TRIES = 8
"""Times a transaction that met another one, or a read that was answered in part, is tried."""

_MET_ANOTHER = frozenset({"None", "TransactionConflict", "ThrottlingError", "ProvisionedThroughputExceeded"})
_REFUSED = "ConditionalCheckFailed"


@dataclass(frozen=True)
class Table:
    """One DynamoDB table. Every method raises Unavailable when the table does not answer."""

    client: "DynamoDBClient"
    name: str

    @property
    def heard_at(self) -> float:
        """The table's own time (seconds UTC) in its latest answer; 0 before any."""
        return heard_at(self.client)

    def get(self, key: Key) -> Item | None:
        """Read one item as it is now; there is none under a forged key that DynamoDB would not take."""
        if not key.possible:
            return None
        with answering():
            answer = self.client.get_item(TableName=self.name, Key=wire_key(key), ConsistentRead=True)
        return answer.get("Item")

    def batch_get(self, keys: Iterable[Key]) -> dict[Key, Item]:
        """Read up to 100 items as they are now; those that don't exist are left out."""
        found: dict[Key, Item] = {}
        wanted: Sequence[Mapping[str, Any]] = [wire_key(key) for key in keys]
        for _ in tries(TRIES):
            with answering():
                answer = self.client.batch_get_item(
                    RequestItems={self.name: {"Keys": wanted, "ConsistentRead": True}}
                )
            found |= {key_of(item): item for item in answer["Responses"].get(self.name, [])}
            wanted = answer["UnprocessedKeys"].get(self.name, {"Keys": []})["Keys"]
            if not wanted:
                return found
        raise _unavailable("UnprocessedKeys")

    def query(self, condition: str, values: Mapping[str, str], *, index: bool = False) -> list[Item]:
        """Read all items of a key condition, page by page, in key order.

        From the table as it is now; from the index, whose keys the condition must then name, as it was
        a moment ago. `values` are the condition's placeholders without the colon.
        """
        return [item for page in self.pages(condition, values, index=index) for item in page]

    def pages(
        self, condition: str, values: Mapping[str, str], *, index: bool = False
    ) -> Iterator[list[Item]]:
        """The same page by page, each read when it is asked for: for more than fits into memory at ease."""
        source: dict[str, Any] = {"IndexName": INDEX} if index else {"ConsistentRead": True}
        placeholders = {f":{name}": {"S": value} for name, value in values.items()}
        with answering():
            pages = self.client.get_paginator("query").paginate(
                TableName=self.name,
                KeyConditionExpression=condition,
                ExpressionAttributeValues=placeholders,
                **source,
            )
            for page in pages:
                yield list(page["Items"])

    def put(self, write: Write) -> None:
        """Do a single put, for what needs no transaction.

        When an answer is lost the client tries again and may be refused by its own earlier success: what is
        stored then is what was to be written, and all is well.
        """
        try:
            with answering():
                self.client.put_item(TableName=self.name, **write.parameters)
        except self.client.exceptions.ConditionalCheckFailedException as error:
            stored: Any = error.response.get("Item", {})
        else:
            return
        if from_wire(stored) != from_wire(write.parameters["Item"]):
            raise write.refused(stored)

    def transact(self, writes: Sequence[Write]) -> None:
        """Do all writes or none; of those refused, the first one's error is raised."""
        actions: Any = [{write.kind: {"TableName": self.name, **write.parameters}} for write in writes]
        for _ in tries(TRIES):
            try:
                with answering():
                    self.client.transact_write_items(TransactItems=actions)
            except self.client.exceptions.TransactionCanceledException as error:
                reasons: Sequence[Any] = error.response["CancellationReasons"]
                if not {reason["Code"] for reason in reasons} <= {*_MET_ANOTHER, _REFUSED}:
                    raise
            else:
                return
            for write, reason in zip(writes, reasons, strict=True):
                if reason["Code"] == _REFUSED:
                    raise write.refused(reason.get("Item", {}))
        raise _unavailable("TransactionConflict")


@contextmanager
def answering() -> Iterator[None]:
    """Turn what botocore raises when the table does not answer into Unavailable."""
    try:
        yield
    except ParamValidationError:
        raise
    except NoCredentialsError as error:
        raise NotConfigured("No AWS credentials were found for the table.") from error
    except BotoCoreError as error:
        raise _unavailable(type(error).__name__) from error
    except ClientError as error:
        match found := error.response["Error"]:
            case {"Code": "ConditionalCheckFailedException" | "TransactionCanceledException"}:
                raise
            case {"Code": "ValidationException", "Message": str(message)} if "item size" in message.lower():
                raise TooLarge from error
            case {"Code": "ValidationException" | "IdempotentParameterMismatchException"}:
                raise
        raise _unavailable(found.get("Code", "")) from error


def _unavailable(reason: str) -> Unavailable:
    return Unavailable("The registry does not answer right now. Please try again in a moment.", reason)
