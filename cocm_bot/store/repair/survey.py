"""Looking at a whole table, to check it: what it holds, and pictures of several items at one instant.

The bot itself does without, and its role may not.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from cocm_bot.store.repair.legibility import Illegible, illegible
from cocm_bot.store.table import keys
from cocm_bot.store.table.keys import Key
from cocm_bot.store.table.table import Table, answering
from cocm_bot.store.table.wire import Item, key_of, wire_key

KEYS_ALONE = "PK, SK, GSI1PK"


@dataclass
class Survey:
    """The ids that the keys of a table name; an id may have been left alone by everything else."""

    registries: set[str] = field(default_factory=set)
    users: set[str] = field(default_factory=set)
    memberships: set[tuple[str, str]] = field(default_factory=set)
    """Registry and user, from either side."""
    emails: set[str] = field(default_factory=set)
    invites: set[tuple[str, str]] = field(default_factory=set)
    """Address and registry, from either side."""
    channels: set[tuple[str, str]] = field(default_factory=set)
    """Slack channel and registry."""
    histories: set[str] = field(default_factory=set)
    """The ids of patients."""
    billed: set[tuple[str, str]] = field(default_factory=set)
    """Registry and month (`YYYY-MM`) with anything in the billing ledger."""
    illegible: list[Illegible] = field(default_factory=list)
    """Items that nothing of the bot's reads."""

    def note(self, key: Key) -> None:
        """Take in what a key names."""
        kind, _, owner = key.pk.partition(":")
        member = key.sk.partition(":")[2]
        match kind:
            case "registry" | "registry-patient" | "patient-directory":
                self.registries.add(owner)
            case "user":
                self.users.add(owner)
            case "registry-user":
                self.registries.add(owner)
                self.users.add(member)
                self.memberships.add((owner, member))
            case "user-registry":
                self.users.add(owner)
                self.memberships.add((member, owner))
            case "user-email":
                self.emails.add(owner)
            case "invite":
                self.invites.add((owner, key.sk.removeprefix("registry:")))
            case "registry-invites":
                self.invites.add((key.sk, owner))
            case "channel":
                self.channels.add((owner, member))
            case _:
                self._note_work(kind, owner)

    def _note_work(self, kind: str, owner: str) -> None:
        if kind == "patient-log":
            self.histories.add(owner)
        elif kind == "billing":
            registry_id, _, month = owner.rpartition(":")
            self.billed.add((registry_id, month))


def survey(table: Table) -> Survey:
    """Read every key of the table, page by page. Raises Unavailable, as without the right to scan."""
    found = Survey()
    for page in _scanned(table):
        for key in map(key_of, page):
            if not keys.out_of_place(key, ""):
                found.note(key)
        found.illegible += illegible(table, page)
    return found


def locate(table: Table, name: str) -> list[Key]:
    """Return the keys with this fingerprint, and of the patients with this handle. Raises Unavailable."""
    found: list[Key] = []
    for key in (key_of(item) for page in _scanned(table) for item in page):
        if keys.fingerprint(key) == name or (key.pk.startswith(keys.directory("")) and key.sk == name):
            found.append(key)
    return found


def snapshot(table: Table, wanted: Iterable[Key]) -> dict[Key, Item]:
    """Up to 100 items as they are at one instant; those that don't exist are left out. Raises Unavailable."""
    reads: Any = [{"Get": {"TableName": table.name, "Key": wire_key(key)}} for key in wanted]
    with answering():
        answer = table.client.transact_get_items(TransactItems=reads)
    return {key_of(each["Item"]): each["Item"] for each in answer["Responses"] if each.get("Item")}


def _scanned(table: Table) -> Iterator[list[Item]]:
    start: Any = {}
    while True:
        with answering():
            answer = table.client.scan(
                TableName=table.name, ProjectionExpression=KEYS_ALONE, ConsistentRead=True, **start
            )
        yield list(answer["Items"])
        if "LastEvaluatedKey" not in answer:
            return
        start = {"ExclusiveStartKey": answer["LastEvaluatedKey"]}
