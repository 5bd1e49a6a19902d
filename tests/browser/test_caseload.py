"""The caseload's table, the card and the review on the page: sorted, filtered, and where Slack refuses."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from cocm_bot.cli.synthetic.demo import Demo
from cocm_bot.playground import cast
from tests.browser.acts import become, caught_up, command, message, modal, newest
from tests.browser.conftest import OpenPage, Shoot
from tests.rig.demos import unhurried_demo

IRIS = "Iris Lindqvist"


def column(page: Page, number: int) -> list[str]:
    """The cells of a column of the list's table, as shown."""
    rows = message(page, "sorted by").locator("tbody tr")
    return [row.locator("th, td").nth(number).inner_text() for row in rows.all()]


@pytest.mark.parametrize("width", [1280, 400])
def test_the_caseload_is_sorted_and_filtered_by_slack(
    demo: Demo, visit: OpenPage, shoot: Shoot, width: int
) -> None:
    page = visit(demo.url, person=IRIS)
    page.set_viewport_size({"width": width, "height": 800})
    command(page, "/cocm caseload")
    table = message(page, "sorted by")
    expect(table.get_by_role("button", name="Score", exact=True)).to_be_visible()
    shoot(page, f"caseload-{width}")
    table.get_by_role("button", name="Score", exact=True).click()
    table.get_by_role("button", name="Score", exact=True).click()
    expect(table.get_by_role("columnheader", name="Score", exact=True)).to_have_attribute(
        "aria-sort", "descending"
    )
    # Numbers sort as numbers: 9 comes after 18.
    scores = [int(each.split()[-1]) for each in column(page, 3) if each != "–"]
    assert scores == sorted(scores, reverse=True)
    assert len(scores) > 3
    table.get_by_role("searchbox").fill("prevention")
    expect(table.locator(".count")).to_contain_text("of")
    assert {each.split(",")[0] for each in column(page, 1)} <= {"Prevention"}
    shoot(page, f"caseload-sorted-{width}")


@pytest.fixture
def refusing() -> Iterator[Demo]:
    """A demo of its own: a bot remembers for good that its workspace refuses a block."""
    with unhurried_demo() as running:
        running.workspace.unknown_blocks.add("data_table")
        yield running


def test_where_slack_refuses_the_table_an_older_one_has_our_pages(
    refusing: Demo, visit: OpenPage, shoot: Shoot
) -> None:
    page = visit(refusing.url, person=IRIS)
    for _ in range(2):
        command(page, "/cocm caseload")
        expect(newest(page).get_by_role("columnheader", name="Score", exact=True)).to_be_visible()
    expect(newest(page)).to_contain_text("1–15 of")
    shoot(page, "caseload-refused-1280")
    page.set_viewport_size({"width": 400, "height": 800})
    shoot(page, "caseload-refused-400")
    newest(page).get_by_role("button", name="Next ›").click()
    expect(newest(page)).to_contain_text("16–30 of")


@pytest.mark.parametrize("width", [1280, 400])
def test_the_review_and_the_card_have_the_chart(
    demo: Demo, visit: OpenPage, shoot: Shoot, width: int
) -> None:
    page = visit(demo.url, person=IRIS)
    page.set_viewport_size({"width": width, "height": 800})
    command(page, "/cocm review")
    review = modal(page, "Caseload review")
    expect(review.get_by_role("button", name="Record consultation")).to_be_visible()
    shoot(page, f"review-{width}")
    while not review.get_by_role("img").count():
        review.get_by_role("button", name="Skip").click()
        caught_up(page, demo.workspace)
    review.get_by_role("img").scroll_into_view_if_needed()
    shoot(page, f"review-chart-{width}")
    review.get_by_role("button", name="Open card").click()
    card = modal(page, "Patient")
    expect(card).to_contain_text("☎️")
    shoot(page, f"card-top-{width}")
    expect(card.get_by_role("img").first).to_be_visible()
    card.get_by_role("img").first.scroll_into_view_if_needed()
    shoot(page, f"card-chart-{width}")


def advised(demo: Demo) -> str:
    """A patient about whom Iris recommends something in a consultation; returns the handle."""
    iris = demo.workspace.seat(IRIS)
    iris.command("/cocm caseload")
    iris.expect("Patient", "Course")
    assert iris.message is not None
    table = next(block for block in iris.message.blocks if block["type"] in {"data_table", "table"})
    handle = str(table["rows"][1][0]["text"]).split()[0]
    iris.command(f"/cocm log {handle}")
    iris.fill({"Contact type": "Psychiatric Consultation"})
    iris.expect("Recommendation", "Next consult", "Minutes (optional)")
    iris.fill({"Recommendation": ["Medication"], "In words": "Raise the dose to 100 mg."})
    assert iris.submit() is None
    iris.expect("Not answered")
    iris.close(everything=True)
    return handle


def physician_of(demo: Demo, handle: str) -> str:
    """Return the name of the physician who has the letter about a patient."""
    seats = [demo.workspace.seat(name) for name in ("Samuel Adeyemi", "Henry Osei")]
    for seat in seats:
        seat.go(cast.BOT)

    def having() -> list[str]:
        return [
            seat.person.name
            for seat in seats
            if any(f"Recommendation for {handle}" in str(message.blocks) for message in seat.messages())
        ]

    return demo.workspace.wait_until(having, "the letter", 20)[0]


@pytest.mark.parametrize("width", [1280, 400])
def test_a_recommendation_is_answered_with_one_press(
    demo: Demo, visit: OpenPage, shoot: Shoot, width: int
) -> None:
    handle = advised(demo)
    physician = physician_of(demo, handle)
    page = visit(demo.url, person=physician)
    page.set_viewport_size({"width": width, "height": 800})
    letter = page.get_by_role("article").filter(has_text=f"Recommendation for {handle}").last
    expect(letter).to_contain_text("PHQ-9")
    shoot(page, f"recommendation-{width}")
    letter.get_by_role("button", name="Accept").click()
    expect(letter).to_contain_text(f"Accepted by {physician}")
    page.set_viewport_size({"width": 1280, "height": 800})
    become(page, IRIS)
    mine = page.get_by_role("article").filter(has_text=f"Your recommendation for {handle}").last
    expect(mine).to_contain_text(f"Accepted by {physician}")
