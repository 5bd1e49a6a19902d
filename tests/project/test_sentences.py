"""The bot speaks as a good colleague would: words that readers stumbled over are said nowhere."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import cocm_bot

PACKAGE = Path(cocm_bot.__path__[0])
STUMBLED_OVER = re.compile(
    r"\banew\b|\bseen to\b|stands like this|no longer stands|how (?:things|the clock) stand"
    r"|needs? somebody:|told so|(?:was|were|is being|being|is|are) told\b|nothing of yours"
    r"|did not come\b(?! has)|put aside|where this came from|who is away gets|so long is the advice",
    re.IGNORECASE,
)
STORED = {"see how the clock stands"}
"""Words of the access log, which keep their spelling, with others that are no sentences to a person."""


def sentences() -> Iterator[tuple[str, str]]:
    """Every string of the package with a space in it that is no docstring, with its place."""
    for path in sorted(PACKAGE.rglob("*.py")):
        tree = ast.parse(path.read_text())
        described = {
            id(each.value)
            for node in ast.walk(tree)
            if isinstance(body := getattr(node, "body", None), list)
            for each in body
            if isinstance(each, ast.Expr) and isinstance(each.value, ast.Constant)
        }
        for node in ast.walk(tree):
            if not isinstance(node, ast.Constant) or id(node) in described:
                continue
            if isinstance(node.value, str) and " " in node.value:
                yield f"{path.relative_to(PACKAGE)}:{node.lineno}", node.value


def test_no_sentence_uses_words_that_readers_stumble_over() -> None:
    found = {place: text for place, text in sentences() if STUMBLED_OVER.search(text) and text not in STORED}
    assert found == {}
