"""The table: reads, writes and transactions, with its failures turned into the project's own errors.

Items are in DynamoDB's own form here; `items` turns them into records and back.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError, ClientError, ParamValidationError

from cocm_bot.domain.errors import Unavailable
from cocm_bot.store.table.backoff import tries
from cocm_bot.store.table.errors import TooLarge
from cocm_bot.store.table.keys import INDEX, PACKED_INDEX, Key
from cocm_bot.store.table.packed_rows import unpacked
from cocm_bot.store.table.transport import heard_at
from cocm_bot.store.table.wire import Item, from_wire, key_of, wire_key
from cocm_bot.store.table.workspaces import of_workspace
from cocm_bot.store.table.writes import Write

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

TRIES = 8
"""Times a transaction that met another one, or a read that was answered in part, is tried."""

_MET_ANOTHER = frozenset({"None", "TransactionConflict", "ThrottlingError", "ProvisionedThroughputExceeded"})
_REFUSED = "ConditionalCheckFailed"


@dataclass
class ReadIndex:
    """The index that answered last."""

    name: str = INDEX


@dataclass(frozen=True)
class Table:
    """One DynamoDB table. Every method raises Unavailable when the table does not answer."""

    client: "DynamoDBClient"
    name: str
    reading: ReadIndex = field(default_factory=ReadIndex, compare=False)

    @property
    def heard_at(self) -> float:
        """The table's own time (seconds UTC) in its latest answer; 0 before any."""
        return heard_at(self.client)

    def of_workspace(self, workspace: str) -> "Table":
        """Return the records of one of several workspaces, alone; of the only one if empty."""
        return Table(of_workspace(self.client, workspace), self.name)

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
        self, condition: str, values: Mapping[str, str], *, index: bool = False, most: int | None = None
    ) -> Iterator[list[Item]]:
        """The same page by page, each read when it is asked for: for more than fits into memory at ease.

        A page is a megabyte, or `most` items where that is less.
        """
        asked: dict[str, Any] = {
            "TableName": self.name,
            "KeyConditionExpression": condition,
            "ExpressionAttributeValues": {f":{name}": {"S": value} for name, value in values.items()},
        }
        if most:
            asked["Limit"] = most
        while True:
            page = self._index_page(asked) if index else self._page(asked)
            yield list(page["Items"])
            if not page.get("LastEvaluatedKey"):
                return
            asked["ExclusiveStartKey"] = page["LastEvaluatedKey"]

    def _page(self, asked: Mapping[str, Any]) -> Any:
        with answering():
            return self.client.query(**asked, ConsistentRead=True)

    def _index_page(self, asked: Mapping[str, Any]) -> Any:
        """Read a page of the index that is there: both have the same keys, so that the next may be of either.

        The one that answered is asked first from then on.
        """
        first: Unavailable | None = None
        for name in (self.reading.name, *({INDEX, PACKED_INDEX} - {self.reading.name})):
            try:
                with answering(), _of_the_index():
                    page = self.client.query(**asked, IndexName=name)
            except Unavailable as error:
                if error.reason not in {IndexFault.MISSING, IndexFault.BUILDING}:
                    raise
                first = first or error
                continue
            self.reading.name = name
            rows = unpacked(page["Items"], self.batch_get) if name == PACKED_INDEX else page["Items"]
            return {**page, "Items": rows}
        raise first or AssertionError("there is an index to be asked")

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


class IndexFault(StrEnum):
    """The reasons for which the index can't be read: the bot's own words for what DynamoDB says in a text."""

    MISSING = "IndexMissing"
    BUILDING = "IndexBuilding"
    OTHER_KEYS = "IndexOtherKeys"


@contextmanager
def _of_the_index() -> Iterator[None]:
    """Turn DynamoDB's refusal to read an index into Unavailable: nobody else can do anything about it."""
    try:
        yield
    except ClientError as error:
        code, message = error.response["Error"]["Code"], str(error.response["Error"].get("Message", ""))
        match code, message.lower():
            case "ValidationException", said if "backfilling" in said:
                raise _unavailable(IndexFault.BUILDING) from error
            case "ValidationException" | "ResourceNotFoundException", said if " index: " in f" {said}":
                raise _unavailable(IndexFault.MISSING) from error
            case "ValidationException", _:
                raise _unavailable(IndexFault.OTHER_KEYS) from error
        raise


def _unavailable(reason: str) -> Unavailable:
    return Unavailable("The registry does not answer right now. Please try again in a moment.", reason)
