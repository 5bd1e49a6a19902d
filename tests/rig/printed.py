"""The words on the pages of a PDF."""

import pypdfium2  # type: ignore[import-untyped] # it ships no types


def pages_of(pdf: bytes) -> list[str]:
    """The text of each page, its lines joined."""
    document = pypdfium2.PdfDocument(pdf)
    found = [" ".join(page.get_textpage().get_text_bounded().split()) for page in document]
    document.close()
    return found
