"""The sizes and read units in docs/scale.md are those of the code; after a change of either, `make scale`."""

from tests.bench import scale


def test_the_page_counts_what_is_stored_as_it_is() -> None:
    page = scale.PAGE.read_text(encoding="utf-8")
    assert scale.counted(page) == page
