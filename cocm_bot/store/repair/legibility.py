"""Find items of lists and jobs that can't be read, or are another program's in a place of the bot's."""

from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import NamedTuple

from cocm_bot.domain.billing.closing import ClosedPart, Closing
from cocm_bot.domain.contacts.timer import Timer
from cocm_bot.domain.members import SlackAccount, UserInvite
from cocm_bot.domain.patients.erasure import Erasure
from cocm_bot.domain.records.patient import Patient
from cocm_bot.domain.records.record import Record
from cocm_bot.domain.review.agenda import Review
from cocm_bot.store.billing.ledger import BilledMrn
from cocm_bot.store.digests.homes import Home
from cocm_bot.store.digests.live_digests import LiveDigest
from cocm_bot.store.digests.posts import Post
from cocm_bot.store.drafts import Draft
from cocm_bot.store.exchange.imports import Import, ImportedPatient
from cocm_bot.store.jobs import LARGEST_BATCH, Job
from cocm_bot.store.patients.merges import Merge
from cocm_bot.store.questions import Question
from cocm_bot.store.requests import AppliedRequest
from cocm_bot.store.sent_messages import SentMessage
from cocm_bot.store.table import items, keys
from cocm_bot.store.table.keys import Key
from cocm_bot.store.table.table import Table
from cocm_bot.store.table.wire import Item, key_of
from cocm_bot.store.ticks import Run

MODELS: Mapping[str, type[Record]] = MappingProxyType(
    {
        "billing-mrn": BilledMrn,
        "clock": Run,
        "digest": LiveDigest,
        "draft": Draft,
        "erasure": Erasure,
        "home": Home,
        "import": Import,
        "imported": ImportedPatient,
        "invite": UserInvite,
        "merge-before": Patient,
        "merged": Merge,
        "message": SentMessage,
        "post": Post,
        "question": Question,
        "registry-invites": UserInvite,
        "request": AppliedRequest,
        "review": Review,
        "slack-user": SlackAccount,
        "timer": Timer,
        "work": Job,
    }
)
"""By the beginning of the key, what an item must make; people and patients are checked apart."""
CLOSINGS: Mapping[str, type[Record]] = MappingProxyType({keys.CLOSING: Closing, keys.CLOSED: ClosedPart})
"""The same of a month that was closed, by the beginning of the sort key; its entries are checked apart."""


class Illegible(NamedTuple):
    """An item that nothing of the bot's reads: its place and its key as a fingerprint."""

    foreign: bool
    """True if it is another writer's, by its key; else it is one of the bot's own that is damaged."""
    where: str


def illegible(table: Table, page: Sequence[Item]) -> Iterator[Illegible]:
    """Return what of a page of keys can't be read, once the items themselves are. Raises Unavailable."""
    wanted = []
    for item in page:
        key, place = key_of(item), item.get("GSI1PK", {}).get("S", "")
        if keys.out_of_place(key, place):
            yield Illegible(
                foreign=True, where=f"{_part(place) or keys.key_kind(*key)} {keys.fingerprint(key)}"
            )
        elif _model(key):
            wanted.append(key)
    for first in range(0, len(wanted), LARGEST_BATCH):
        for key, item in table.batch_get(wanted[first : first + LARGEST_BATCH]).items():
            model = _model(key)
            if model and items.read_all(model, [item]).broken:
                yield Illegible(foreign=False, where=f"{keys.key_kind(*key)} {keys.fingerprint(key)}")


def _model(key: Key) -> type[Record] | None:
    """Return what the item of a key must make; None where that is checked apart."""
    if key.pk.startswith(keys.BILLING):
        return next((model for start, model in CLOSINGS.items() if key.sk.startswith(start)), None)
    return MODELS.get(key.pk.partition(":")[0])


def _part(place: str) -> str:
    """The part of the index, where it is the bot's; its partitions name nobody."""
    return place if place.startswith((keys.QUEUE, keys.PATIENTS)) else ""
