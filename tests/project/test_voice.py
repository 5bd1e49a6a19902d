"""Docstrings and comments say plainly what a thing does or is, in the words an engineer would use."""

import ast
import io
import re
import tokenize
from collections.abc import Iterator
from pathlib import Path

import pytest

HOME = Path(__file__).parents[2]
PARTS = ("cocm_bot", "tests")
NOUN_PHRASE = re.compile(r"(What|Who|Whom|Whose|Whoever|Whatever|Whether|Which|How|Where|When|Why|That|If)\b")
"""The first words of a riddle: a docstring begins with the verb, or with the thing's name."""
BEGINNING = re.compile(rf'"""\s*{NOUN_PHRASE.pattern}')
ODD = re.compile(r"\b(anew|stands|stood|told|any more|seen to|worried)\b", re.IGNORECASE)
"""Words with several meanings here: again; is, exists; sent, shown, notified; no longer; handled; at risk."""
ODD_TO_PEOPLE = re.compile(r"\b(anew|any more|seen to|worried)\b", re.IGNORECASE)


def sources(part: str) -> Iterator[tuple[str, str]]:
    """Yield name and text of each module of a part; this one names the words itself."""
    for path in sorted((HOME / part).rglob("*.py")):
        name = path.relative_to(HOME).as_posix()
        if path != Path(__file__):
            yield name, path.read_text("utf-8")


def docstrings(text: str) -> Iterator[ast.Constant]:
    """Yield the docstrings of modules, classes and functions, and the strings below attributes."""
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            values = [each.value for each in node.body if isinstance(each, ast.Expr)]
            for each in values:
                if isinstance(each, ast.Constant) and isinstance(each.value, str):
                    yield each


def comments(text: str) -> Iterator[tuple[int, str]]:
    """Yield line and text of each comment."""
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if token.type == tokenize.COMMENT:
            yield token.start[0], token.string


def faults(text: str) -> Iterator[tuple[int, str]]:
    """Yield the line and the words of each docstring or comment that is not plain."""
    if not (ODD.search(text) or BEGINNING.search(text)):
        return  # most modules need no parsing
    for each in docstrings(text):
        said = str(each.value).strip()
        if NOUN_PHRASE.match(said) or ODD.search(said):
            yield each.lineno, said.partition("\n")[0]
    yield from ((line, said) for line, said in comments(text) if ODD.search(said))


@pytest.mark.parametrize("part", PARTS)
def test_docstrings_and_comments_are_plain(part: str) -> None:
    found = [f"{name}:{line}: {said}" for name, text in sources(part) for line, said in faults(text)]
    assert not found, "\n".join(found)


def test_sentences_for_people_are_plain() -> None:
    odd = [
        f"{name}:{node.lineno}: {node.value}"
        for name, text in sources("cocm_bot")
        if ODD_TO_PEOPLE.search(text)
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
        if ODD_TO_PEOPLE.search(node.value)
    ]
    assert not odd, "\n".join(odd)


@pytest.mark.parametrize(
    ("said", "plain"),
    [
        ('"""What a digest holds."""', False),
        ('"""Whether it is open."""', False),
        ('"""Whatsoever."""', True),
        ('"""Return whether it is open."""', True),
        ('x = 1\n"""How often it is tried."""', False),
        ('class A:\n    """Who asks."""', False),
        ('"""Draw the list anew."""', False),
        ("# it stands below\nx = 1", False),
        ("# a stand-in for Slack\nx = 1", True),
        ('"""Send it.\n\nNobody is told."""', False),
    ],
)
def test_the_check_sees(said: str, plain: bool) -> None:
    assert (not list(faults(said))) is plain
