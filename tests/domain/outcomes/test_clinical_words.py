"""Section 4 by hand: what the scores of one measure, or of several, are called."""

from zoneinfo import ZoneInfo

import pytest

from cocm_bot.domain.measures.catalogue import CATALOGUE, Measure
from cocm_bot.domain.outcomes.courses import follow
from cocm_bot.domain.outcomes.progress import deciding, improved, in_remission, moved, responded, word, worse
from cocm_bot.domain.settings.policy import Cadence, CarePolicy
from tests.domain.build import NEW_YORK, policy
from tests.domain.clinical import history

KROENKE = "Kroenke 2001: PHQ-9 bands, response 50 %, remission < 5, change 5"
SPITZER = "Spitzer 2006: GAD-7 line 10; change 4 not verified"
MORIN = "Bastien 2001, Morin 2011: ISI line 15, remission < 8; change 8 not verified"
COX = "Cox 1987: EPDS 10 possible; change 4 not verified"
WEATHERS = "Weathers 2013: PCL-5 31; change 10 not verified"
RULE = "the program's own words"

WORDS = [
    # measure, first, latest, the word, why, source
    ("PHQ-9", 18, 16, "not improved", "above the line, not half", KROENKE),
    ("PHQ-9", 18, 10, "not improved", "the line itself is not below it", KROENKE),
    ("PHQ-9", 18, 9, "response", "exactly half", KROENKE),
    ("PHQ-9", 19, 9, "response", "9 is at most 9.5", KROENKE),
    ("PHQ-9", 17, 9, "improved", "below the line; half would be 8.5", KROENKE),
    ("PHQ-9", 20, 11, "not improved", "half would be 10", KROENKE),
    ("PHQ-9", 20, 10, "response", "half, though at the line", KROENKE),
    ("PHQ-9", 27, 13, "response", "13 is at most 13.5, though above the line", KROENKE),
    ("PHQ-9", 27, 14, "not improved", "14 is not", KROENKE),
    ("PHQ-9", 10, 9, "improved", "crossed the line", KROENKE),
    ("PHQ-9", 10, 5, "response", "5 is not yet remission", KROENKE),
    ("PHQ-9", 10, 4, "remission", "below 5", KROENKE),
    ("PHQ-9", 18, 4, "remission", "the strongest word that holds", KROENKE),
    ("PHQ-9", 18, 0, "remission", "nothing left", KROENKE),
    ("PHQ-9", 4, 9, "worse", "a score that rose is never improved; 5 is a meaningful change", RULE),
    ("PHQ-9", 4, 8, "not improved", "rose by 4: neither improved nor yet worse", RULE),
    ("PHQ-9", 4, 4, "remission", "was and is below 5", RULE),
    ("PHQ-9", 3, 4, "remission", "rose, and is below 5 still", RULE),
    ("PHQ-9", 9, 9, "not improved", "below the line is no improvement where it began there", RULE),
    ("PHQ-9", 9, 5, "not improved", "half would be 4.5", RULE),
    ("PHQ-9", 9, 4, "remission", "half, and below 5", RULE),
    ("PHQ-9", 6, 3, "remission", "half, and below 5", RULE),
    ("PHQ-9", 0, 0, "remission", "no percentage, but remission", RULE),
    ("PHQ-9", 0, 4, "remission", "no percentage, but remission", RULE),
    ("PHQ-9", 0, 5, "worse", "a meaningful change from nothing", RULE),
    ("PHQ-9", 18, 23, "worse", "up 5", KROENKE),
    ("PHQ-9", 18, 22, "not improved", "up 4", KROENKE),
    ("PHQ-9", 11, 23, "worse", "up 12", KROENKE),
    ("GAD-7", 14, 9, "improved", "crossed the line; half would be 7", SPITZER),
    ("GAD-7", 14, 7, "response", "half", SPITZER),
    ("GAD-7", 14, 4, "remission", "below 5", SPITZER),
    ("GAD-7", 14, 18, "worse", "up 4", SPITZER),
    ("GAD-7", 14, 17, "not improved", "up 3", SPITZER),
    ("GAD-7", 21, 21, "not improved", "unchanged at the top", SPITZER),
    ("ISI", 22, 15, "not improved", "15 is the line", MORIN),
    ("ISI", 22, 14, "improved", "below it", MORIN),
    ("ISI", 22, 11, "response", "half", MORIN),
    ("ISI", 22, 7, "remission", "below 8", MORIN),
    ("ISI", 14, 8, "not improved", "began below the line, half would be 7", MORIN),
    ("ISI", 16, 24, "worse", "up 8", MORIN),
    ("ISI", 16, 23, "not improved", "up 7", MORIN),
    ("EPDS", 18, 12, "not improved", "12 is above the line, half would be 9", COX),
    ("EPDS", 18, 10, "not improved", "10 is the line", COX),
    ("EPDS", 18, 9, "response", "half", COX),
    ("EPDS", 13, 9, "improved", "below the line, half would be 6.5", COX),
    ("EPDS", 18, 0, "response", "EPDS defines no remission", COX),
    ("EPDS", 10, 14, "worse", "up 4", COX),
    ("EPDS", 0, 0, "", "no percentage and no remission: no word", COX),
    ("EPDS", 0, 3, "not improved", "it rose", COX),
    ("PCL-5", 50, 31, "not improved", "31 is the line", WEATHERS),
    ("PCL-5", 50, 30, "improved", "below it, half would be 25", WEATHERS),
    ("PCL-5", 50, 25, "response", "half", WEATHERS),
    ("PCL-5", 50, 60, "worse", "up 10", WEATHERS),
    ("PCL-5", 50, 59, "not improved", "up 9", WEATHERS),
    ("AUDIT-C", 8, 2, "", "it screens: no responder", RULE),
    ("AUDIT-C", 2, 12, "", "nor worse", RULE),
    ("PHQ-2", 6, 0, "", "it screens", RULE),
]


@pytest.mark.parametrize(("name", "first", "latest", "expected", "why", "source"), WORDS)
def test_the_word_for_a_course(
    name: str, first: float, latest: float, expected: str, why: str, source: str
) -> None:
    del why, source
    assert word(moved(first, latest, CATALOGUE[name])) == expected


WELLBEING = Measure(
    name="WB", items=5, maximum=25, minimum=-5, higher_is_worse=False, improved_below=12, remission_below=18
)
HIGHER_IS_BETTER = [
    (8, 13, "response", "13 is above 12, which is half as much again"),
    (10, 13, "improved", "crossed the line; half as much again would be 15"),
    (8, 12, "response", "half as much again, though at the line"),
    (8, 11, "not improved", "neither"),
    (8, 19, "remission", "above 18"),
    (13, 12, "not improved", "it fell"),
    (-4, -3, "not improved", "below 0 there is no percentage"),
    (0, 13, "improved", "no percentage, but across the line"),
]


@pytest.mark.parametrize(("first", "latest", "expected", "why"), HIGHER_IS_BETTER)
def test_where_higher_is_better_all_is_turned_around(
    first: float, latest: float, expected: str, why: str
) -> None:
    del why
    assert word(moved(first, latest, WELLBEING)) == expected


SEVERAL = [
    # history; who decides; improved, response, remission, worse; why
    ("d0 IA PHQ-9=18 GAD-7=14", "PHQ-9 GAD-7", (False, False, False, False), "both were at the line"),
    ("d0 IA PHQ-9=18 GAD-7=4", "PHQ-9", (False, False, False, False), "a GAD-7 that was never high"),
    (
        "d0 IA PHQ-9=18 GAD-7=4; d28 FU PHQ-9=4 GAD-7=9",
        "PHQ-9",
        (True, True, True, False),
        "and it holds nothing back",
    ),
    ("d0 IA PHQ-9=9 GAD-7=12; d28 FU GAD-7=4", "GAD-7", (True, True, True, False), "anxiety alone decides"),
    ("d0 IA PHQ-9=9 GAD-7=9", "PHQ-9", (False, False, False, False), "none at the line: the first outcome"),
    ("d0 IA GAD-7=9", "PHQ-9", (None, None, False, False), "the first outcome, scored or not"),
    ("d0 IA", "PHQ-9", (None, None, False, False), "never scored"),
    (
        "d0 IA PHQ-9=18 GAD-7=14; d28 FU PHQ-9=9 GAD-7=13",
        "PHQ-9 GAD-7",
        (False, False, False, False),
        "all must hold",
    ),
    (
        "d0 IA PHQ-9=18 GAD-7=14; d28 FU PHQ-9=9 GAD-7=9",
        "PHQ-9 GAD-7",
        (True, False, False, False),
        "both improved, one responded",
    ),
    (
        "d0 IA PHQ-9=18 GAD-7=14; d28 FU PHQ-9=4 GAD-7=18",
        "PHQ-9 GAD-7",
        (False, False, False, True),
        "one suffices for worse",
    ),
    (
        "d0 IA PHQ-9=18 AUDIT-C=8; d28 FU PHQ-9=4 AUDIT-C=12",
        "PHQ-9",
        (True, True, True, False),
        "AUDIT-C only screens",
    ),
    (
        "d0 IA PHQ-9=18 EPDS=16; d28 FU PHQ-9=4 EPDS=8",
        "PHQ-9 EPDS",
        (True, True, True, False),
        "EPDS defines no remission: the other one says",
    ),
    (
        "d0 IA PHQ-9=18; d7 FU PHQ-9=9 GAD-7=12; d28 FU PHQ-9=9 GAD-7=11",
        "PHQ-9 GAD-7",
        (False, False, False, False),
        "the first score of a measure decides, whenever it was",
    ),
]


@pytest.mark.parametrize(("entries", "names", "answers", "why"), SEVERAL)
def test_several_measures_together(
    entries: str, names: str, answers: tuple[bool | None, bool | None, bool, bool], why: str
) -> None:
    del why
    care = policy(measures=("AUDIT-C", "PHQ-9", "GAD-7", "EPDS"))
    courses = follow(history(entries), care, None).courses
    assert " ".join(measure.name for measure in deciding(courses, care)) == names
    found = (improved(courses, care), responded(courses, care), in_remission(courses, care))
    assert (*found, worse(courses, care)) == answers


def test_without_an_outcome_measure_nothing_decides() -> None:
    care = CarePolicy(ZoneInfo(NEW_YORK), Cadence(), (CATALOGUE["AUDIT-C"],))
    courses = follow(history("d0 IA AUDIT-C=9"), care, None).courses
    found = (deciding(courses, care), improved(courses, care), in_remission(courses, care))
    assert found == ([], None, False)
