"""Views of the same within a quarter of an hour are one line; nothing else is, and nothing is lost."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cocm_bot.domain.access import AccessAction, Action, AdminRight
from cocm_bot.domain.audit_actions import AuditAction
from cocm_bot.operations.access.audit_groups import REDRAW_SECONDS, VIEWS, Group, grouped
from cocm_bot.store.audit.access_log import AccessEntry
from tests.store.build import access_entry

DAY = 1_930_000_000.0
CARD = Action.VIEW_PATIENT.logged


def entry(minute: float, **changes: object) -> AccessEntry:
    made = {"user_id": "maya", "patient_ids": ("ana",), "action": CARD, **changes}
    return access_entry(f"e-{minute}", DAY + minute * 60, **made)


def told(*entries: AccessEntry) -> list[tuple[float, int, float]]:
    """Each group's latest minute, its number of entries and its earliest minute, latest first."""
    ordered = sorted(entries, key=lambda each: -each.at)
    return [((each.entry.at - DAY) / 60, each.times, (each.since - DAY) / 60) for each in grouped(ordered)]


def test_a_card_drawn_again_is_one_look() -> None:
    assert told(entry(0), entry(3), entry(9)) == [(9, 3, 0)]


def test_another_persons_look_in_between_does_not_part_it() -> None:
    assert told(entry(0), entry(1, user_id="iris"), entry(3)) == [(3, 2, 0), (1, 1, 1)]


@pytest.mark.parametrize(("minutes", "looks"), [(15, 1), (15.1, 2)])
def test_after_a_quarter_of_an_hour_it_is_another_look(minutes: float, looks: int) -> None:
    assert len(told(entry(0), entry(minutes))) == looks


def test_each_redraw_keeps_the_look_going() -> None:
    assert told(entry(0), entry(14), entry(28)) == [(28, 3, 0)]


@pytest.mark.parametrize(
    "changes",
    [
        {"user_id": "iris"},
        {"user_id": "", "slack_user_id": "U1"},
        {"patient_ids": ("ana", "bea")},
        {"patient_ids": ()},
        {"surface": "team channel"},
        {"action": Action.VIEW_CASELOAD.logged},
        {"outcome": "refused"},
        {"reason": "member bo"},
    ],
)
def test_what_differs_stays_apart(changes: dict[str, object]) -> None:
    assert len(told(entry(0), entry(1, **changes))) == 2


@pytest.mark.parametrize(
    "action",
    [
        *AuditAction,
        *AccessAction,
        Action.EXPORT_HANDLES.logged,
        *(each for each in AdminRight if each not in VIEWS),
    ],
)
def test_changes_and_exports_are_never_put_together(action: str) -> None:
    assert len(told(entry(0, action=action), entry(1, action=action))) == 2


def test_refusals_are_never_put_together() -> None:
    assert len(told(entry(0, outcome="refused"), entry(1, outcome="refused"))) == 2


@given(st.lists(st.tuples(st.integers(0, 200), st.sampled_from("ab"), st.sampled_from([CARD, "edited"]))))
def test_every_entry_is_in_one_line_and_the_lines_are_in_order(made: list[tuple[int, str, str]]) -> None:
    latest_first = sorted(made, reverse=True)
    entries = [entry(minute, action=action, user_id=user) for minute, user, action in latest_first]
    groups: list[Group] = grouped(entries)
    assert sum(each.times for each in groups) == len(entries)
    assert [each.entry.at for each in groups] == sorted((each.entry.at for each in groups), reverse=True)
    for each in groups:
        assert each.entry.at - each.since <= REDRAW_SECONDS * max(each.times - 1, 0)
