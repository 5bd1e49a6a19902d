"""The built package: everything that runs from it is in it."""

import subprocess
import sys
from pathlib import Path
from zipfile import ZipFile

import pytest

HOME = Path(__file__).parents[2]


@pytest.mark.slow
def test_the_wheel_holds_every_file_of_the_package(tmp_path: Path) -> None:
    # From a copy: a build leaves folders beside the sources.
    source = tmp_path / "source"
    listed = subprocess.run(["git", "ls-files", "-z", "cocm_bot"], cwd=HOME, capture_output=True, check=True)  # noqa: S607
    files = {name for name in listed.stdout.decode().split("\0") if name and (HOME / name).exists()}
    for name in files | {"pyproject.toml", "README.md", "LICENSE"}:
        (source / name).parent.mkdir(parents=True, exist_ok=True)
        (source / name).write_bytes((HOME / name).read_bytes())
    build = [sys.executable, "-c", "from setuptools.build_meta import build_wheel as b; b('..')"]
    subprocess.run(build, cwd=source, capture_output=True, check=True, timeout=110)  # noqa: S603 - our own
    [wheel] = tmp_path.glob("*.whl")
    with ZipFile(wheel) as archive:
        held = {name for name in archive.namelist() if ".dist-info/" not in name}
    assert held == files
