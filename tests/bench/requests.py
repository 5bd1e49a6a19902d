"""Measure the CPU of a request to the table: as the bot sends it, and as boto3's client does.

Run as `python -m tests.bench.requests`. The two take turns, so that a busy machine slows both.
"""

import time
from collections.abc import Callable
from statistics import median
from typing import TYPE_CHECKING, Any

from boto3.session import Session
from rich.console import Console
from rich.table import Table as Grid

from tests.store import engines

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

ROUNDS = 15
REPEATS = 40
ITEM: dict[str, Any] = {"PK": {"S": "p"}, "SK": {"S": "1"}, "words": {"S": "a contact of 20 minutes" * 20}}


def main() -> None:
    """Measure and print."""
    with engines.ministack() as engine, engines.fresh_table(engines.client_of(engine.endpoint)) as table:
        meta = table.client.meta
        plain = Session("local", "local", region_name=meta.region_name).client(
            "dynamodb", endpoint_url=meta.endpoint_url
        )
        grid = Grid(title=f"CPU of a request, ms (median of {ROUNDS} × {REPEATS})", title_justify="left")
        for column in ("", "the bot's", "boto3's client", "ratio"):
            grid.add_column(column, justify="right" if column else "left")
        ours, theirs = asked(table.client, table.name), asked(plain, table.name)
        for what in ours:
            own, plain_ms = compared(ours[what], theirs[what])
            grid.add_row(what, f"{own:.2f}", f"{plain_ms:.2f}", f"{own / plain_ms:.2f}")
    Console(width=100).print(grid)


def asked(client: "DynamoDBClient", table: str) -> dict[str, Callable[[], object]]:
    """Return a request of each kind, to be sent by a client."""
    key: Any = {"PK": ITEM["PK"], "SK": ITEM["SK"]}
    query: Any = {
        "TableName": table,
        "KeyConditionExpression": "PK = :p",
        "ExpressionAttributeValues": {":p": {"S": "p"}},
    }
    write: Any = [{"Put": {"TableName": table, "Item": ITEM}}]
    return {
        "put": lambda: client.put_item(TableName=table, Item=ITEM),
        "get": lambda: client.get_item(TableName=table, Key=key, ConsistentRead=True),
        "query": lambda: client.query(**query),
        "transaction": lambda: client.transact_write_items(TransactItems=write),
    }


def compared(ours: Callable[[], object], theirs: Callable[[], object]) -> tuple[float, float]:
    """Return the milliseconds of each."""
    taken: tuple[list[float], list[float]] = ([], [])
    for _ in range(ROUNDS):
        for spent, ask in zip(taken, (ours, theirs), strict=True):
            started = time.process_time()
            for _ in range(REPEATS):
                ask()
            spent.append(1000 * (time.process_time() - started) / REPEATS)
    return median(taken[0]), median(taken[1])


if __name__ == "__main__":
    main()
