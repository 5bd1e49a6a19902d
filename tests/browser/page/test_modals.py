"""Windows: errors at their fields, searches, stacks, what Slack would refuse."""

import re
from typing import Any

import pytest
from playwright.sync_api import expect

from cocm_bot.cli.synthetic.demo import Demo
from cocm_bot.playground import cast, views
from cocm_bot.playground.state import ACK_SECONDS
from tests.browser.acts import choose, command, go, modal, newest
from tests.browser.conftest import OpenPage, Shoot
from tests.browser.page.everything import field, option, plain
from tests.playground.studio import Studio


def test_a_field_error_and_its_correction(demo: Demo, visit: OpenPage, shoot: Shoot) -> None:
    page = visit(demo.url)
    command(page, "/cocm add")
    form = modal(page, "Add a patient")
    for label, words in (("MRN", "E-1"), ("First name", "Elin"), ("Last name", "Aas")):
        form.get_by_label(label).fill(words)
    form.get_by_label("Birth date").fill("2099-01-01")
    form.get_by_role("button", name="Add", exact=True).click()
    birth = form.get_by_label("Birth date")
    expect(birth).to_have_accessible_description("The birth date can't be in the future.")
    expect(birth).to_have_attribute("aria-invalid", "true")
    expect(birth).to_be_focused()
    expect(form.get_by_label("Last name")).to_have_value("Aas")
    shoot(page, "field-error")
    birth.fill("1990-05-17")
    form.get_by_role("button", name="Add", exact=True).click()
    expect(modal(page, "Patient")).to_contain_text("Elin Aas")


def test_correcting_one_of_several_errors_keeps_the_focus_there(studio: Studio, visit: OpenPage) -> None:
    errors = {"name": "Not this name.", "other": "Nor this one."}
    studio.bot.on("view_submission", {"response_action": "errors", "errors": errors})
    page = visit(studio.url)
    studio.open(window("Form", blocks=[NAME, field("Other", {"type": "plain_text_input"})]))
    page.get_by_label("Name").fill("a")
    page.get_by_role("textbox", name="Other").fill("b")
    page.get_by_role("button", name="Next").click()
    expect(page.get_by_label("Name")).to_be_focused()
    page.get_by_role("textbox", name="Other").focus()
    page.keyboard.type("c")
    expect(page.get_by_text("Nor this one.")).to_have_count(0)
    expect(page.get_by_text("Not this name.")).to_be_visible()
    expect(page.get_by_role("textbox", name="Other")).to_be_focused()
    page.keyboard.type("d")
    expect(page.get_by_role("textbox", name="Other")).to_have_value("bcd")


def test_a_patient_is_found_by_searching(demo: Demo, visit: OpenPage, shoot: Shoot) -> None:
    page = visit(demo.url, width=900)
    go(page, "Home")
    home = page.get_by_label("App Home")
    handle = home.locator(".block-section strong", has_text=" · ").first.inner_text().split(" · ")[1]
    home.get_by_role("button", name="Find a patient").click()
    window = page.locator("form.modal")
    window.get_by_role("combobox").first.press_sequentially(handle[:3])
    expect(page.get_by_role("option", name=handle)).to_be_visible()
    shoot(page, "search")
    page.get_by_role("option", name=handle).click()
    expect(window).to_contain_text(handle)
    expect(window).to_contain_text("MRN")


def test_the_focus_stays_in_the_window_and_returns(demo: Demo, visit: OpenPage) -> None:
    page = visit(demo.url)
    go(page, "Home")
    opener = page.get_by_label("App Home").get_by_role("button", name="Add a patient")
    opener.click()
    form = modal(page, "Add a patient")
    expect(form.get_by_label("MRN")).to_be_focused()
    inside = "form => form.contains(document.activeElement)"
    for key in ["Tab"] * 14 + ["Shift+Tab"] * 16:
        page.keyboard.press(key)
        assert form.evaluate(inside)
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(opener).to_be_focused()


def test_a_trigger_that_expired_is_shown_in_red(
    demo: Demo, visit: OpenPage, shoot: Shoot, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = visit(demo.url, person="Samuel Adeyemi")
    monkeypatch.setattr(demo.workspace, "ack_seconds", ACK_SECONDS)
    demo.workspace.fail("views.open", hang=ACK_SECONDS + 0.2)
    command(page, "/cocm patient")
    refusal = page.get_by_role("alert").filter(has_text="Slack would have refused this")
    expect(refusal).to_contain_text("expired_trigger_id")
    expect(newest(page)).to_contain_text("Please try once more")
    shoot(page, "expired")
    refusal.get_by_role("button", name="Dismiss").click()
    expect(refusal).to_have_count(0)


def test_a_refused_payload_is_shown_in_red_with_its_reason(
    studio: Studio, visit: OpenPage, shoot: Shoot
) -> None:
    page = visit(studio.url)
    studio.bot.on("/cocm", {"text": "", "blocks": [{"type": "header", "text": plain("x" * 151)}]})
    command(page, "/cocm today")
    refusal = page.get_by_role("alert").filter(has_text="Slack would have refused this")
    expect(refusal).to_contain_text("invalid_blocks")
    expect(refusal).to_contain_text("must be less than 151 characters [json-pointer:/blocks/0/text/text]")
    shoot(page, "refused")
    assert page.get_by_role("article").count() == 0


NAME = field("Name", {"type": "plain_text_input"})


def window(title: str, **more: Any) -> dict[str, Any]:
    return {
        "type": "modal",
        "title": plain(title),
        "callback_id": title,
        "submit": plain("Next"),
        "blocks": [NAME],
    } | more


def test_windows_stack_and_keep_what_was_typed(studio: Studio, visit: OpenPage, shoot: Shoot) -> None:
    studio.bot.on("view_submission", {"response_action": "push", "view": window("Second")})
    page = visit(studio.url)
    studio.open(window("First"))
    page.get_by_label("Name").fill("typed below")
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog", name="Second")).to_contain_text("2 of 3")
    expect(page.get_by_label("Name")).to_have_value("")
    shoot(page, "stack")
    page.get_by_role("button", name="Cancel").click()
    expect(page.get_by_role("dialog", name="First").get_by_label("Name")).to_have_value("typed below")
    page.get_by_role("button", name="Next").click()
    page.get_by_role("dialog", name="Second").get_by_role("button", name="Close all windows").click()
    expect(page.get_by_role("dialog")).to_have_count(0)


def test_an_update_keeps_what_was_typed_and_the_place_in_it(studio: Studio, visit: OpenPage) -> None:
    page = visit(studio.url)
    shown = studio.open(window("Before"))
    page.get_by_label("Name").press_sequentially("halfway", delay=5)
    page.keyboard.press("ArrowLeft")
    views.update_view(studio.workspace, window("After"), view_id=shown.id)
    expect(page.get_by_role("dialog", name="After")).to_be_visible()
    expect(page.get_by_label("Name")).to_be_focused()
    page.keyboard.type("!")
    expect(page.get_by_label("Name")).to_have_value("halfwa!y")


def test_a_bot_that_fails_a_submission_loses_nothing(studio: Studio, visit: OpenPage, shoot: Shoot) -> None:
    studio.bot.on("view_submission", status=500)
    page = visit(studio.url)
    studio.open(window("Form"))
    page.get_by_label("Name").fill("kept")
    page.get_by_role("button", name="Next").click()
    expect(page.get_by_text("We had some trouble connecting")).to_be_visible()
    expect(page.get_by_label("Name")).to_have_value("kept")
    shoot(page, "trouble")


@pytest.mark.parametrize(
    ("kind", "wrong"), [("number_input", "many"), ("email_text_input", "ana@"), ("url_text_input", "x")]
)
def test_slack_itself_checks_before_it_sends(studio: Studio, visit: OpenPage, kind: str, wrong: str) -> None:
    decimal = {"is_decimal_allowed": True} if kind == "number_input" else {}
    page = visit(studio.url)
    studio.open(window("Form", blocks=[field("Value", {"type": kind} | decimal)]))
    page.get_by_label("Value").fill(wrong)
    page.get_by_role("button", name="Next").click()
    expect(page.get_by_text("Please enter a valid")).to_be_visible()
    assert studio.bot.heard == []


def test_an_input_that_tells_its_changes(studio: Studio, visit: OpenPage) -> None:
    menu = {"type": "static_select", "options": [option("One", "1"), option("Two", "2")]}
    page = visit(studio.url)
    studio.open(window("Form", blocks=[field("Kind", menu, dispatch_action=True), NAME]))
    page.get_by_label("Name").fill("Ana")
    choose(page, page.get_by_role("dialog"), "Kind", "Two")
    studio.workspace.settled()
    told = studio.bot.last("block_actions")
    assert told["actions"][0]["selected_option"]["value"] == "2"
    assert told["view"]["state"]["values"]["name"]["name"]["value"] == "Ana"
    assert told["user"]["id"] == cast.MAYA


def test_a_form_that_grows_goes_on_where_it_stands(demo: Demo, visit: OpenPage) -> None:
    page = visit(demo.url)
    go(page, "Home")
    page.get_by_label("App Home").get_by_role("combobox", name="More for a patient…").click()
    page.get_by_role("option", name="Log a contact").first.click()
    form = modal(page, "Log a contact")
    form.get_by_role("button", name="PHQ-9 item by item").click()
    expect(form.get_by_text("PHQ-9 · 1 ")).to_be_in_viewport()
    assert form.locator(".modal-body").evaluate("body => body.scrollTop") > 0
    assert form.locator(".modal-body").evaluate("body => body.contains(document.activeElement)")


def test_a_menu_leaves_its_field_free_and_marks_one_option(demo: Demo, visit: OpenPage) -> None:
    page = visit(demo.url)
    go(page, "Home")
    page.get_by_label("App Home").get_by_role("button", name=re.compile("^Open ")).first.click()
    card = modal(page, "Patient")
    expect(card.get_by_role("img").first).to_be_visible()  # what is drawn again closes a menu
    more = card.get_by_role("combobox", name="More")
    more.click()
    options = page.get_by_role("option")
    options.last.hover()
    expect(page.locator(".option.active")).to_have_count(1)
    expect(options.last).to_have_class("option active")
    field, menu = more.bounding_box(), page.get_by_role("listbox").bounding_box()
    assert field
    assert menu
    assert menu["y"] + menu["height"] <= field["y"] or menu["y"] >= field["y"] + field["height"]


def test_what_a_form_becomes_is_read_from_its_top(studio: Studio, visit: OpenPage) -> None:
    lines = [{"type": "section", "text": plain(f"Line {number}")} for number in range(40)]
    studio.bot.on("view_submission", {"response_action": "update", "view": window("Saved", blocks=lines)})
    page = visit(studio.url)
    studio.open(window("Form", blocks=[*lines, NAME]))
    page.get_by_label("Name").fill("Ana")
    page.get_by_role("button", name="Next").click()
    expect(modal(page, "Saved").get_by_text("Line 0", exact=True)).to_be_in_viewport()
    assert page.locator(".modal-body").evaluate("body => body.scrollTop") == 0
