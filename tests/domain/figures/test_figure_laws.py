"""Laws of the figures, over histories that nobody worked out: a past month stays, and parts add up."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import fields
from datetime import date, timedelta
from functools import cache

from hypothesis import given, settings
from hypothesis import strategies as st

from cocm_bot.domain.figures.episodes.outcome_record import OutcomeRecord
from cocm_bot.domain.figures.periods import Period, month_of
from cocm_bot.domain.figures.program import ProgramFigures, by_care_manager, program_figures
from cocm_bot.domain.figures.published import published_measures
from cocm_bot.domain.figures.shares import Tally
from cocm_bot.store.figures import outcome_items
from tests.domain import build
from tests.domain.figures.clinic_table import told

FIRST, LAST = date(2025, 1, 1), date(2026, 6, 30)
MONTHS = Period(FIRST, LAST).months
CARE_MANAGERS = ("noor", "ines", "sam", "-")
LETTERS = {"in": st.sampled_from("AFFFFPCNWDXH"), "left": st.sampled_from("OSR")}
"""The events of a patient who is in the program, or has left."""
GAPS = st.integers(1, 60)
"""Days from one event to the next."""
Line = list[str]


@st.composite
def lines(draw: st.DrawFn) -> list[Line]:
    """Some patients, each with what happened to them in the order of days."""
    return [draw(line(f"P{number:02}")) for number in range(draw(st.integers(1, 4)))]


@cache
@st.composite
def line(draw: st.DrawFn, handle: str) -> Line:
    day = FIRST + timedelta(days=draw(st.integers(0, 300)))
    words = [handle, draw(st.sampled_from(CARE_MANAGERS)), "E", f"{day:%y-%m-%d}"]
    where = "in"
    for _ in range(draw(st.integers(0, 14))):
        day += timedelta(days=draw(GAPS))
        letter = draw(LETTERS[where])
        words += [letter, f"{day:%y-%m-%d}", *draw(values(letter))]
        where = {"X": "left", "S": "in", "R": "in"}.get(letter, where)
    return words


@cache
def values(letter: str) -> st.SearchStrategy[list[str]]:
    match letter:
        case "A" | "F" | "P" | "O":
            phq, gad = st.integers(0, 27).map(str), st.integers(0, 21).map("g{}".format)
            return st.one_of(st.just([]), phq.map(lambda each: [each]), st.tuples(phq, gad).map(list))
        case "X":
            return st.sampled_from(["Graduated", "Declined", "Lost"]).map(lambda each: [each])
        case "H":
            return st.sampled_from(CARE_MANAGERS[:3]).map(lambda each: [each])
    return st.just([])


def records(found: Iterable[Line], until: date) -> list[OutcomeRecord]:
    """The outcome records as they are stored and read again: the laws are those of the stored ones."""
    patients = [told(words, until.isoformat()) for words in found]
    return [stored(record) for each in patients if each is not None for record in each.records()]


def stored(record: OutcomeRecord) -> OutcomeRecord:
    [write] = outcome_items.moved("registry-1", (), [record])
    return OutcomeRecord.model_validate_json(write.parameters["Item"]["packed"]["S"])


def figures(found: Iterable[OutcomeRecord], period: Period) -> ProgramFigures:
    return program_figures(found, build.policy(), period)


def tallies(found: ProgramFigures) -> Iterator[tuple[str, Tally]]:
    for part in (found.process, found.outcomes, found.work):
        for each in fields(part):
            value = getattr(part, each.name)
            if isinstance(value, Tally):
                yield each.name, value


def published(found: Iterable[OutcomeRecord], period: Period) -> list[Tally]:
    return [each.tally for each in published_measures(found, period)]


@settings(max_examples=60, deadline=None)
@given(lines(), st.sampled_from(MONTHS))
def test_a_month_stays_as_it_was_when_it_ended(found: list[Line], month: Period) -> None:
    """Later events, leaving and coming back included, move nobody in or out of a past month."""
    everything, then = records(found, LAST), records(found, month.last)
    assert figures(then, month) == figures(everything, month)
    assert published(then, month) == published(everything, month)


@settings(max_examples=60, deadline=None)
@given(lines(), st.sampled_from([*MONTHS, Period(FIRST, LAST)]))
def test_the_care_managers_add_up_to_the_registry(found: list[Line], period: Period) -> None:
    everything = records(found, LAST)
    whole = figures(everything, period)
    owners = by_care_manager(everything, period).values()
    parts = [figures(mine, period) for mine in owners]
    for name, tally in tallies(whole):
        of_parts = [dict(tallies(part))[name] for part in parts]
        for group in ("part", "whole", "unmeasured"):
            together = Counter(who for each in of_parts for who in getattr(each, group))
            assert together == Counter(getattr(tally, group)), (name, group)
    assert sum(part.caseload.at_end for part in parts) == whole.caseload.at_end
    assert sum(len(part.caseload.served) for part in parts) == len(whole.caseload.served)
    assert sum(part.work.minutes for part in parts) == whole.work.minutes
    assert sum((Counter(part.work.codes) for part in parts), Counter()) == Counter(whole.work.codes)
    split = [published(mine, period) for mine in owners]
    for place, tally in enumerate(published(everything, period)):
        assert sum(len(each[place].whole) for each in split) == len(tally.whole)
        assert sum(len(each[place].part) for each in split) == len(tally.part)


@settings(max_examples=60, deadline=None)
@given(lines(), st.sampled_from(MONTHS))
def test_leaving_removes_nobody_from_a_past_month(found: list[Line], month: Period) -> None:
    """Everybody leaves in July 2026; every month before keeps its figures."""
    left = [
        [*words, *(["X", "26-07-01", "Lost"] if _in_program(words) else [])] for words in map(_cut, found)
    ]
    before, after = records(found, LAST), records(left, date(2026, 7, 1))
    assert figures(before, month) == figures(after, month)
    assert figures(after, month_of(date(2026, 7, 1))).caseload.at_end == 0


@settings(max_examples=60, deadline=None)
@given(lines(), st.sampled_from(MONTHS))
def test_whom_a_figure_counts_it_could_count(found: list[Line], month: Period) -> None:
    for name, tally in tallies(figures(records(found, LAST), month)):
        assert not Counter(tally.part) - Counter(tally.whole), name
        assert not set(tally.whole) & set(tally.unmeasured), name


def _cut(words: Line) -> Line:
    """Return a line without what happened after June 2026."""
    places = [place for place, word in enumerate(words) if len(word) == 1 and word.isalpha()]
    later = [place for place in places if f"20{words[place + 1]}" > LAST.isoformat()]
    return words[: later[0]] if later else words


def _in_program(words: Line) -> bool:
    """Return whether a line's patient is there at its end."""
    return [word for word in words if word in {"E", "X", "S", "R"}][-1] != "X"
