"""A start loads what serving needs, and nothing that only a rare request or another command uses."""

import subprocess
import sys

import pytest

HEAVY = (
    "boto3",
    "charset_normalizer",
    "cocm_bot.cli.synthetic.demo",
    "cocm_bot.playground",
    "cryptography",
    "dns",
    "email_validator",
    "fhir",
    "holidays",
    "ministack",
    "moto",
    "numpy",
    "openpyxl",
    "phonenumbers",
    "PIL",
    "rapidfuzz",
    "resvg_py",
    "rich",
    "s3transfer",
    "slack_bolt.adapter.socket_mode",
    "slack_bolt.async_app",
    "slack_sdk.socket_mode",
    "typer.rich_utils",
    "websockets",
    "yaml",
)
LOADED = "import sys, cocm_bot.cli.main, cocm_bot.cli.operate.serve; print(*sys.modules)"


@pytest.fixture(scope="module")
def loaded() -> set[str]:
    """The modules that `cocm-bot serve` has loaded when it begins."""
    done = subprocess.run([sys.executable, "-c", LOADED], capture_output=True, text=True, check=True)  # noqa: S603 - ours
    return set(done.stdout.split())


@pytest.mark.parametrize("heavy", HEAVY)
def test_serving_begins_without(loaded: set[str], heavy: str) -> None:
    assert "cocm_bot.bootstrap" in loaded
    assert [name for name in loaded if name == heavy or name.startswith(f"{heavy}.")] == []
