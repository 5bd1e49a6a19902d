"""A closing that can't be read: the list comes and says so, nothing is closed over it, check names it."""

from typing import Any

import pytest

from cocm_bot.domain.billing.month_words import Asked
from cocm_bot.domain.errors import InvalidInput
from cocm_bot.domain.vocabulary import Role, WorkKind
from cocm_bot.operations.billing.closing import close_month, untold_changes
from cocm_bot.operations.billing.month_list import month_list, read_month
from cocm_bot.operations.checking import check
from cocm_bot.operations.contacts.log_contact import log_contact
from cocm_bot.slack.billing.billing_message_view import summary_message
from cocm_bot.slack.billing.billing_view import CLOSE_MONTH, billing_view
from cocm_bot.store.table import keys
from cocm_bot.store.table.keys import Key
from tests.operations.billing.test_ledger import agree, entry
from tests.operations.conftest import Office
from tests.operations.contacts.test_log_contact import TODAY
from tests.store.build import REGISTRY

pytestmark = pytest.mark.slow
MARCH = "2031-03"
HEAD, PART = keys.closing(REGISTRY, MARCH), keys.closed(REGISTRY, MARCH, 1)


@pytest.fixture
def closed(office: Office) -> Office:
    """March with a patient of 40 minutes, closed in April."""
    handle = office.enrolled()
    agree(office, handle, TODAY)
    log_contact(office.ctx, office.actor(), handle, entry(TODAY, 40, WorkKind.CARE_COORDINATION), "w")
    office.forward(days=30)
    close_month(office.ctx, office.actor(Role.FINANCE), MARCH)
    assert list(check(office.ctx)) == []
    return office


@pytest.mark.parametrize(
    "damage",
    [
        {"month": None},
        {"at": {"S": "yesterday"}},
        {"totals": {"M": {}}},
        {"totals": {"L": []}},
        {"by": {"B": b"\xff"}},
        {"parts": {"S": "1"}},
        {"claims": {"S": "none"}},
        {"claims": {"L": [{"M": {}}]}},
        {"claims": {"NULL": True}},
        {"*": None},
    ],
    ids=str,
)
def test_the_list_comes_and_says_what_it_lacks(closed: Office, damage: dict[str, Any]) -> None:
    key: Key = PART if "claims" in damage else HEAD
    item = dict(closed.table.get(key) or {})
    for name, value in damage.items():
        if name == "*":
            item = {each: item[each] for each in ("PK", "SK")}
        elif value is None:
            item.pop(name)
        else:
            item[name] = value
    closed.table.client.put_item(TableName=closed.table.name, Item=item)
    actor = closed.actor(Role.FINANCE)
    shown = month_list(closed.ctx, actor, Asked(MARCH), 1)
    assert (len(shown.month.rows), shown.month.closing_broken, shown.month.changed) == (1, 1, [])
    drawn = str(billing_view(actor, shown))
    assert "What says whether March 2031 was closed, or with what, can't be read" in drawn
    assert CLOSE_MONTH not in drawn
    assert "can't be read" in str(summary_message(actor.registry, shown.month, {}))
    assert untold_changes(closed.ctx, actor.registry, MARCH) is None
    with pytest.raises(InvalidInput, match="`cocm-bot check`"):
        close_month(closed.ctx, actor, MARCH)
    found = [each.finding for each in check(closed.ctx)]
    assert [(each.kind.name, each.subject) for each in found] == [
        ("BROKEN", f"billing month {keys.fingerprint(key)}")
    ]
    assert read_month(closed.ctx, actor.registry, MARCH).rows
