import pytest

from cocm_bot.domain.measures.catalogue import CATALOGUE, Measure

BANDS = {
    "PHQ-9": ["minimal 0 4", "mild 5 9", "moderate 10 14", "moderately severe 15 19", "severe 20 27"],
    "GAD-7": ["minimal 0 4", "mild 5 9", "moderate 10 14", "severe 15 21"],
    "PHQ-2": ["negative 0 2", "positive 3 6"],
    "AUDIT-C": ["negative 0 2", "positive for women 3 3", "positive 4 12"],
    "ISI": ["none 0 7", "sub-threshold 8 14", "moderate 15 21", "severe 22 28"],
    "EPDS": ["unlikely 0 9", "possible 10 12", "probable 13 30"],
    "PCL-5": ["below cut-off 0 30", "probable 31 80"],
}


def test_every_measure_of_the_catalogue_is_checked_here() -> None:
    assert set(BANDS) == set(CATALOGUE)


@pytest.mark.parametrize(
    ("name", "score", "word"),
    [
        (name, int(score), word)
        for name, bands in BANDS.items()
        for word, *ends in (band.rsplit(" ", 2) for band in bands)
        for score in ends
    ],
)
def test_the_word_for_the_first_and_last_score_of_each_band(name: str, score: int, word: str) -> None:
    assert CATALOGUE[name].band(score) == word


@pytest.mark.parametrize(("name", "bands"), BANDS.items())
def test_a_measure_accepts_its_range_and_nothing_beyond(name: str, bands: list[str]) -> None:
    measure = CATALOGUE[name]
    top = int(bands[-1].rsplit(" ", 1)[1])
    assert [measure.accepts(score) for score in (-1, 0, top, top + 1)] == [False, True, True, False]


@pytest.mark.parametrize(
    ("name", "items", "loinc", "self_harm_item"),
    [
        ("PHQ-9", 9, "44261-6", 9),
        ("GAD-7", 7, "70274-6", None),
        ("PHQ-2", 2, "55758-7", None),
        ("AUDIT-C", 3, "75626-2", None),
        ("ISI", 7, None, None),
        ("EPDS", 10, "99046-5", 10),
        ("PCL-5", 20, None, None),
    ],
)
def test_items_codes_and_the_question_about_self_harm(
    name: str, items: int, loinc: str | None, self_harm_item: int | None
) -> None:
    measure = CATALOGUE[name]
    assert (measure.items, measure.loinc, measure.self_harm_item) == (items, loinc, self_harm_item)


@pytest.mark.parametrize(
    ("name", "line", "remission", "change", "outcome"),
    [
        ("PHQ-9", 10, 5, 5, True),
        ("GAD-7", 10, 5, 4, True),
        ("PHQ-2", None, None, None, False),
        ("AUDIT-C", None, None, None, False),
        ("ISI", 15, 8, 8, True),
        ("EPDS", 10, None, 4, True),
        ("PCL-5", 31, None, 10, True),
    ],
)
def test_lines_meaningful_change_and_what_decides(
    name: str, line: float | None, remission: float | None, change: float | None, outcome: bool
) -> None:
    measure = CATALOGUE[name]
    found = (measure.improved_below, measure.remission_below, measure.meaningful_change, measure.outcome)
    assert found == (line, remission, change, outcome)


def test_a_measure_without_bands_has_no_word() -> None:
    assert Measure(name="Own", items=1, maximum=10).band(5) is None
