"""Every block and element Slack knows is drawn, and what is entered reaches the bot in Slack's form."""

from typing import Any

from playwright.sync_api import expect

from cocm_bot.playground.blocks.block_kit import BLOCKS
from cocm_bot.playground.blocks.element_kit import ELEMENTS
from tests.browser.conftest import OpenPage, Shoot
from tests.browser.page.everything import FORM, MESSAGE, option
from tests.playground.studio import Studio


def plainly(held: dict[str, Any]) -> Any:
    """Return what an input holds, options by their values."""
    [value] = [value for name, value in held.items() if name != "type"]
    if isinstance(value, list):
        return [each["value"] for each in value]
    return value["value"] if isinstance(value, dict) else value


def test_the_page_knows_every_type_slack_knows(studio: Studio, visit: OpenPage) -> None:
    page = visit(studio.url)
    blocks = page.evaluate("import('/static/blocks.js').then((module) => module.KNOWN_BLOCKS)")
    elements = page.evaluate("import('/static/elements.js').then((module) => module.KNOWN_ELEMENTS)")
    assert set(blocks) == set(BLOCKS)
    assert set(elements) == set(ELEMENTS)


def test_a_message_of_everything(studio: Studio, visit: OpenPage, shoot: Shoot) -> None:
    studio.post(MESSAGE)
    for dark in (False, True):
        page = visit(studio.url, dark=dark)
        message = page.get_by_role("article")
        expect(message.get_by_text("due May 28, 2026")).to_be_visible()
        expect(message.get_by_text("<b>not a tag</b>")).to_be_visible()
        expect(message.get_by_text("@Iris Lindqvist")).to_be_visible()
        expect(message.get_by_role("cell", name="M2P9")).to_be_visible()
        expect(page.locator(".unknown")).to_have_count(0)
        shoot(page, f"everything-{'dark' if dark else 'light'}")


def test_a_confirm_dialog_comes_before_the_click(studio: Studio, visit: OpenPage, shoot: Shoot) -> None:
    studio.post(MESSAGE)
    page = visit(studio.url)
    page.get_by_role("button", name="Danger").click()
    shoot(page, "confirm")
    page.get_by_role("dialog").get_by_role("button", name="Keep").click()
    assert studio.bot.heard == []
    page.get_by_role("button", name="Danger").click()
    page.get_by_role("dialog").get_by_role("button", name="Remove").click()
    expect(page.get_by_role("dialog")).to_have_count(0)
    studio.workspace.settled()
    assert studio.bot.last("block_actions")["actions"][0]["action_id"] == "danger"


def test_menus_in_a_message_tell_the_bot_at_once(studio: Studio, visit: OpenPage) -> None:
    studio.post(MESSAGE)
    page = visit(studio.url)
    page.get_by_role("combobox", name="Sort by").click()
    page.get_by_role("option", name="Safety risk").click()
    studio.workspace.settled()
    assert studio.bot.last("block_actions")["actions"][0]["selected_option"]["value"] == "risk"
    page.get_by_role("button", name="More actions").click()
    page.get_by_role("menuitem", name="Needs discussion").click()
    studio.workspace.settled()
    assert studio.bot.last("block_actions")["actions"][0]["selected_option"]["value"] == "talk"


def test_a_form_of_everything(studio: Studio, visit: OpenPage, shoot: Shoot) -> None:
    studio.bot.on("block_suggestion", {"options": [option("K7Q4 · A.M.", "k7q4")]})
    page = visit(studio.url)
    studio.open(FORM)
    form = page.get_by_role("dialog", name="Every input")
    form.get_by_label("Note").fill("Two lines\nof a note")
    form.get_by_label("Minutes").fill("45")
    form.get_by_role("combobox", name="Flag").click()
    shoot(page, "form-select")
    page.get_by_role("option", name="Safety risk").click()
    form.get_by_role("combobox", name="Payer").fill("acme")
    page.get_by_role("option", name="Acme Health").click()
    form.get_by_role("combobox", name="Reasons").click()
    page.get_by_role("option", name="Needs discussion").click()
    form.get_by_role("combobox", name="Reasons").click()
    page.get_by_role("option", name="Safety risk").click()
    form.get_by_role("combobox", name="Patient").press_sequentially("k7")
    page.get_by_role("option", name="K7Q4").click()
    form.get_by_role("combobox", name="Colleague").fill("iris")
    page.get_by_role("option", name="@Iris Lindqvist").click()
    form.get_by_role("radio", name="Needs discussion").check()
    form.get_by_role("checkbox", name="Safety risk").check()
    form.get_by_label("Hour").fill("09:30")
    form.get_by_label("Moment").fill("2026-07-01T08:00")
    shoot(page, "form")
    form.get_by_role("button", name="Save").click()
    expect(form).to_have_count(0)
    state = studio.bot.last("view_submission")["view"]["state"]["values"]
    values = {block_id: plainly(inputs[block_id]) for block_id, inputs in state.items()}
    assert values == {
        "note": "Two lines\nof a note",
        "name": "Ana",
        "minutes": "45",
        "mail": None,
        "site": None,
        "flag": "risk",
        "payer": "acme",
        "reasons": ["talk", "risk"],
        "patient": "k7q4",
        "colleague": "U0IRIS",
        "place": None,
        "visit": "talk",
        "consent": ["talk", "risk"],
        "day": "2026-02-03",
        "hour": "09:30",
        "moment": 1782907200,  # 08:00 in New York, in summer
    }
