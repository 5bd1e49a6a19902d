"""The list of a month of any size stays within Slack's limits, and its buttons say where they lead."""

import pytest

from cocm_bot.domain.billing.month_words import Asked, Filter
from cocm_bot.domain.settings.code_sets import payer_mark
from cocm_bot.playground.blocks import limits
from cocm_bot.slack.billing.billing_message_view import changed_message, summary_message
from cocm_bot.slack.billing.billing_view import billing_view, place
from cocm_bot.slack.kit import of_registry
from tests.slack.billing.rows import month_of, page_of_month
from tests.slack.test_home import ACTOR


@pytest.mark.parametrize("count", [0, 1, 15, 16, 300, pytest.param(5000, marks=pytest.mark.slow)])
@pytest.mark.parametrize(("long", "closed"), [(1, False), (400, True)])
def test_any_month_stays_within_slacks_limits(count: int, long: int, closed: bool) -> None:
    month = month_of(ACTOR, count, long=long, closed=closed)
    for asked in (
        Asked("2031-02"),
        Asked("2031-02", Filter.CHANGED),
        Asked("2031-02", payer=payer_mark("x")),
    ):
        for number in (1, 10**6):
            view = billing_view(ACTOR, page_of_month(month, asked, number), "banner " * 30)
            assert limits.problems("modal", view) == []
    for message in (summary_message(ACTOR.registry, month, {}), changed_message(month)):
        assert limits.problems("message", of_registry(message, ACTOR.registry.id)) == []


def test_a_list_of_everybody_has_each_once() -> None:
    month = month_of(ACTOR, 100)
    pages = [page_of_month(month, Asked("2031-02"), number).page for number in range(1, 8)]
    assert pages[-1].pages == 7
    shown = [row.entry.patient_id for page in pages for row in page.rows]
    assert shown == [row.entry.patient_id for row in month.rows]


def test_a_button_names_its_place_without_a_payers_name() -> None:
    assert place(Asked("2031-02", Filter.NOT_READY, payer_mark("Blue Cross")), 3) == (
        f'["2031-02","NOT_READY","{payer_mark("blue  cross")}",3]'
    )
