"""Lists asked for by kind of work and in ordinary words, from the command, the digest and App Home."""

from collections.abc import Iterator

import pytest

from cocm_bot.domain.access import may
from cocm_bot.domain.vocabulary import Role
from cocm_bot.playground.seats.seat import Seat
from cocm_bot.slack.shared_views.help import HELP, MOST_LINES, help_lines
from tests.domain.test_access import actor
from tests.rig.clinic import Clinic, running_clinic
from tests.rig.scenes import ASSESSED, add_patient, log_contact, sees


@pytest.fixture(scope="module")
def lists(endpoint: str) -> Iterator[Clinic]:
    """A clinic with Ana, whose follow-up is due, and Bea, whose assessment is; the morning of the 17th."""
    with running_clinic(endpoint) as clinic:
        maya = clinic.seat()
        ana = add_patient(maya)
        maya.close()
        assert log_contact(maya, ana, **ASSESSED) is None
        maya.close(everything=True)
        add_patient(maya, MRN="A-1002", **{"First name": "Bea"})
        maya.close()
        clinic.clock.forward(weeks=2)
        yield clinic


def typed(clinic: Clinic, line: str) -> Seat:
    maya = clinic.seat()
    if maya.view:
        maya.close(everything=True)
    maya.command(line)
    clinic.workspace.settled()
    return maya


def test_the_counts_are_buttons_to_the_lists(lists: Clinic) -> None:
    maya = typed(lists, "/cocm today")
    sees(maya, "2 patients need you today", "Follow-ups due: 1", "Assessments due: 1", "A.M.", "B.M.")
    maya.press("Assessments due: 1")
    assert "A.M." not in sees(maya, "Assessments due", "B.M.", "1 patient needs you today")


@pytest.mark.parametrize("words", ["followups", "follow-ups", "follow up mine", "all FOLLOWUPS"])
def test_one_kind_of_work_is_asked_for(lists: Clinic, words: str) -> None:
    maya = typed(lists, f"/cocm today {words}")
    assert "B.M." not in sees(maya, "Follow-ups due", "A.M.", "last contact 14 days ago")


def test_home_opens_a_list_as_a_window_and_a_card_with_one_press(lists: Clinic) -> None:
    maya = lists.seat()
    maya.open_home()
    sees(maya, "2 patients need you today", "Ana Muñoz")
    maya.press("Assessments due: 1")
    lists.workspace.wait_until(lambda: maya.view, "the window")
    assert "Ana Muñoz" not in sees(maya, "Assessments due", "Bea Muñoz")
    maya.press("Open")
    sees(maya, "Bea Muñoz", "no initial assessment")
    maya.close(everything=True)


@pytest.mark.parametrize(
    ("line", "meant", "shown"),
    [
        ("/cocm caseload unmesured", "caseload unmeasured", "1 patient · unmeasured"),
        ("/cocm today asessments", "today assessments", "Assessments due"),
        ("/cocm caseload by last-contct", "caseload last-contact", "sorted by last-contact"),
    ],
)
def test_a_word_that_is_none_gets_the_nearest_with_a_button(
    lists: Clinic, line: str, meant: str, shown: str
) -> None:
    maya = typed(lists, line)
    sees(maya, "I don't know one of these words.", f"Did you mean /cocm {meant}?")
    maya.press(f"Show {meant}")
    sees(maya, shown)


def test_a_name_is_not_repeated_in_a_message(lists: Clinic) -> None:
    maya = typed(lists, "/cocm caseload Xyzzyq")
    assert "Xyzzyq" not in sees(maya, "I don't know one of these words.", "I can show: mine, all")


def test_a_command_that_is_none_gets_the_nearest_with_a_button(lists: Clinic) -> None:
    maya = typed(lists, "/cocm caselod")
    sees(maya, "Did you mean /cocm caseload?")
    maya.press("/cocm caseload")
    sees(maya, "2 patients, sorted by urgency")


@pytest.mark.parametrize("words", ["worse", "not improving", "unmeasured by last contact"])
def test_the_caseload_knows_these_words(lists: Clinic, words: str) -> None:
    sees(typed(lists, f"/cocm caseload all {words}"), "Caseload")


def test_help_shows_what_a_role_can_do_and_no_more() -> None:
    for role in Role:
        shown = [line for lines in help_lines(actor(role)).values() for line in lines]
        assert len(shown) <= MOST_LINES
        assert {line.needs for line in shown if line.needs} == {
            line.needs for lines in HELP.values() for line in lines if line.needs and may(role, line.needs)
        }
        assert not any(line.admins for line in shown)
    finance = [line.typed for lines in help_lines(actor(Role.FINANCE)).values() for line in lines]
    assert "/cocm billing" in finance
    assert not any("caseload" in line or "log" in line for line in finance)


def test_a_list_of_everybodys_says_whom_it_needs(lists: Clinic) -> None:
    """A psychiatrist's day is the registry's: not all of it is for them."""
    iris = lists.seat("Iris Lindqvist")
    iris.command("/cocm today")
    sees(iris, "2 patients need the team today")
    iris.open_home()
    sees(iris, "2 patients need the team today")
    sees(typed(lists, "/cocm today all"), "2 patients need the team today")
