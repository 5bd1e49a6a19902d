"""The caseload as Slack's data table; and a workspace that does not have Slack's newer blocks yet."""

from cocm_bot.playground.state import Message
from tests.rig import crowd
from tests.rig.clinic import MONDAY, Clinic
from tests.rig.scenes import ASSESSED, add_patient, log_contact, sees


def kinds(message: Message | None) -> list[str]:
    assert message is not None
    return [block["type"] for block in message.blocks]


def loaded(clinic: Clinic) -> int:
    """Load a caseload of more than one of our pages; returns how many are in the program."""
    everyone = crowd.synthetic(40, MONDAY)
    crowd.load(clinic.ctx.table, clinic.registry_id, everyone, findable=False)
    return len(crowd.active(everyone))


def test_the_caseload_is_one_table_that_slack_pages(clinic: Clinic) -> None:
    count = loaded(clinic)
    iris = clinic.seat("Iris Lindqvist")
    iris.command("/cocm caseload")
    shown = sees(iris, f"{count} patients", "Patient", "Course", "Next")
    assert "Next ›" not in shown
    assert iris.message is not None
    [table] = [block for block in iris.message.blocks if block["type"] == "data_table"]
    assert (len(table["rows"]), table["page_size"]) == (count + 1, 15)
    assert clinic.workspace.refusals == []


def test_a_refused_table_is_shown_in_the_older_form_and_not_tried_again(clinic: Clinic) -> None:
    count = loaded(clinic)
    clinic.workspace.unknown_blocks.add("data_table")
    iris = clinic.seat("Iris Lindqvist")
    iris.command("/cocm caseload")
    sees(iris, f"{count} patients")
    assert "table" in kinds(iris.message)
    assert [each.error for each in clinic.workspace.refusals] == ["invalid_blocks"]
    clinic.workspace.settled()  # the bot learns of it from the answer
    # From now on the pages are the bot's own, and nothing is refused.
    iris.command("/cocm caseload")
    sees(iris, f"1–15 of {count}")
    iris.press("Next ›")
    sees(iris, f"16–30 of {count}")
    iris.press("Choose several…")
    iris.expect("Patients")
    assert len(clinic.workspace.refusals) == 1


def test_a_banner_is_refused_and_the_card_says_it_all_the_same(clinic: Clinic) -> None:
    clinic.workspace.unknown_blocks.add("alert")
    maya = clinic.seat()
    handle = add_patient(maya)
    maya.close()
    assert log_contact(maya, handle, **ASSESSED) is None
    maya.press("Raise a flag")
    maya.fill({"Flag": ["Safety Risk"], "Why": "A plan and a date"})
    assert maya.submit() is None
    maya.expect("Safety Risk", "A plan and a date")
    maya.close(everything=True)
    for _ in range(2):
        maya.command(f"/cocm patient {handle}")
        maya.expect("Safety Risk", "A plan and a date")
        maya.close()
    assert [each.error for each in clinic.workspace.refusals if not each.race] == ["invalid_arguments"]
