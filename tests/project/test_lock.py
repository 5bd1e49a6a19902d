"""The lock files: every package by hash, and no place it comes from; production installs a part of them."""

import re
from pathlib import Path

import pytest

HOME = Path(__file__).parents[2]
PINNED = re.compile(
    r"([A-Za-z0-9_.-]+)(?:\[[a-z0-9,-]+\])?==[^ ]+( ; [^\\]+)? \\(\n    --hash=sha256:[0-9a-f]{64}( \\)?)+"
)


def packages(name: str) -> set[str]:
    """The packages that a file pins by hash."""
    return {found[1].lower() for found in PINNED.finditer((HOME / name).read_text())}


@pytest.mark.parametrize("name", ["constraints.txt", "requirements.txt", "requirements-workspaces.txt"])
def test_every_line_is_a_pin_or_a_hash(name: str) -> None:
    text = (HOME / name).read_text()
    assert PINNED.sub("", text).strip() == ""
    assert "setuptools" in packages(name)
    assert [word for word in ("://", "--index", "--find-links", "--trusted-host") if word in text] == []


def test_several_workspaces_need_the_cipher_alone_beside_the_rest() -> None:
    more = packages("requirements-workspaces.txt") - packages("requirements.txt")
    assert more == {"cffi", "cryptography", "pycparser"}
    assert packages("requirements-workspaces.txt") <= packages("constraints.txt")


def test_production_installs_a_part_of_what_the_tests_ran_with() -> None:
    pins = {
        name: {each[0] for each in PINNED.finditer((HOME / name).read_text())}
        for name in ("constraints.txt", "requirements.txt")
    }
    assert {each.partition(" ")[0] for each in pins["requirements.txt"]} <= {
        each.partition(" ")[0] for each in pins["constraints.txt"]
    }
    assert "pytest" not in packages("requirements.txt")
