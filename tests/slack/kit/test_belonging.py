import pytest

from cocm_bot.slack.kit import actions, button, context, message, of_registry, registry_of, section

PRESSED = button("Open", "open", "K7Q4")


def test_what_can_be_pressed_in_a_message_tells_of_the_registry() -> None:
    blocks = [
        section("Ana", accessory=PRESSED),
        context("of Riverside"),
        actions(PRESSED, button("No", "no")),
    ]
    marked = of_registry(message("Your worklist", blocks), "r-1")
    first, second, third = marked["blocks"]
    assert [registry_of(block["block_id"]) for block in (first, third)] == ["r-1", "r-1"]
    assert first["block_id"] != third["block_id"]
    assert "block_id" not in second
    assert {**first, "block_id": None} == {**blocks[0], "block_id": None}


@pytest.mark.parametrize(
    "block_id", ["", "b", "of:", "of::1", "of:r-1", "of:r 1:2", "xof:r-1:2", "of:r-1:2\n"]
)
def test_a_block_that_is_not_ours_tells_of_no_registry(block_id: str) -> None:
    assert registry_of(block_id) is None
