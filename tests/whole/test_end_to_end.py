"""The bot as a process of its own, driven by signed requests alone; numbers are worked out by hand."""

import signal
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from cocm_bot.playground import cast
from cocm_bot.playground.workspace import Workspace
from tests.rig.identifying import ZEPHYRINE, exposed, traces
from tests.rig.scenes import ASSESSED, handle_on, log_contact, sees, send_anyway
from tests.rig.seats import seat_of
from tests.rig.servers.served import Served, environment, found_registry, run, run_here, serving

pytestmark = pytest.mark.slow


def zone_where_it_is_noon() -> str:
    """No midnight passes there while the test runs. The sign in these names is west of Greenwich."""
    west = datetime.now(UTC).hour - 12
    return f"Etc/GMT{west:+d}" if west else "Etc/GMT"


ZONE = zone_where_it_is_noon()


@pytest.fixture
def served(
    endpoint: str, workspace: Workspace, tmp_path: Path, request: pytest.FixtureRequest
) -> Iterator[Served]:
    """The bot as a process of its own; set up in this one, unless the test says by which way."""
    settings = environment(workspace, endpoint)
    found_registry(settings, ZONE, getattr(request, "param", run_here))
    with serving(settings, workspace, tmp_path / "log") as bot:
        yield bot


@pytest.mark.parametrize("served", [run], indirect=True, ids=["set up by commands"])
def test_a_morning_over_signed_http(served: Served, workspace: Workspace) -> None:
    today = datetime.now(ZoneInfo(ZONE)).date()
    assessed = today - timedelta(days=14)
    minutes = 75 if assessed.month == today.month else 30
    next_week = today + timedelta(days=7)
    maya = seat_of(workspace, "Maya Okafor")

    maya.command("/cocm help")
    sees(maya, "Hello Maya", "/cocm today", "/cocm add")
    maya.press("Today")
    sees(maya, "There are no patients in this registry yet.")
    maya.press("Add the first patient")
    maya.fill(ZEPHYRINE)
    assert maya.submit() is None
    handle = handle_on(sees(maya, "Zephyrine Muñoz-Kvåle", "MRN QX-77310"))

    maya.press("Log a contact")
    maya.fill({**ASSESSED, "Date": assessed.isoformat()})
    assert maya.submit() is None
    sees(
        maya,
        "Status Enrolled → Treatment",
        "PHQ-9 18, the first score",
        "GAD-7 14, the first score",
        "week 2",
    )
    maya.close()
    maya.command("/cocm today")
    sees(maya, "1 patient needs you today", "Follow-ups due: 1", handle, "last contact 14 days ago")
    maya.command("/cocm caseload")
    sees(maya, "1 patient, sorted by urgency", f"{handle} · Z.M.", "Treatment", "18", "14")

    assert log_contact(maya, handle, **{"Minutes": "30", "PHQ-9 total": "12", "GAD-7 total": "9"}) is None
    sees(
        maya,
        f"PHQ-9 18 → 12 (−6) · GAD-7 14 → 9 (−5) · {minutes - 30} → {minutes} min this month",
        f"next due {next_week.day} {next_week:%b %Y}",
        "PHQ-9 18 → 12 (−6) moderate, not improved",
        "GAD-7 14 → 9 (−5) mild, improved",
        "2 sessions",
    )
    maya.close()

    maya.command("/cocm add")
    maya.fill(ZEPHYRINE)
    assert maya.submit() == {"MRN": "This MRN is already in the registry."}
    maya.close()
    log_contact(maya, handle, **{"PHQ-9 total": "28"})
    assert list(send_anyway(maya)) == ["PHQ-9 total"]
    maya.fill({"PHQ-9 total": "24", "Date": (today + timedelta(days=1)).isoformat()})
    assert maya.submit() == {"Date": "The date can't be in the future."}
    maya.close()

    guest = seat_of(workspace, "Gus Moreau")
    guest.command(f"/cocm patient {handle}")
    assert "Muñoz" not in sees(guest, "I only work for members of this workspace")

    assert [each for each in workspace.refusals if not each.race] == []
    assert "running on http://" in served.logged()
    assert [line for line in served.logged().splitlines() if traces(line)] == []
    assert [text for text in exposed(workspace.calls) if traces(text)] == []
    assert served.get("/healthz") == (200, "ok")
    assert served.get("/readyz") == (200, "table: ok\nslack: ok")


def test_told_to_stop_it_finishes_what_is_in_flight_and_ends_cleanly(
    served: Served, workspace: Workspace
) -> None:
    workspace.fail("users.info", times=2, hang=1.0)
    noor = seat_of(workspace, "Noor Rahimi")
    with ThreadPoolExecutor(1) as browser:
        asked = browser.submit(workspace.sender.interact, typing(cast.MAYA, "Mu"))
        noor.command("/cocm today")
        workspace.wait_until(lambda: looking_up(workspace) == 2, "both look up who asks")
        # One request waits for its answer; the other was acknowledged and is still being worked on.
        served.process.send_signal(signal.SIGTERM)
        answer = asked.result()
    assert (answer.status, answer.json) == (200, {"options": []})
    assert served.process.wait(timeout=60) == 0
    sees(noor, "You are not in a patient registry yet.")


def typing(user: str, words: str) -> dict[str, object]:
    """Return what Slack sends for words typed into the search."""
    return {
        "type": "block_suggestion",
        "team": {"id": cast.TEAM},
        "user": {"id": user},
        "action_id": "find-patient",
        "block_id": "search",
        "value": words,
    }


def looking_up(workspace: Workspace) -> int:
    return sum(call.name == "users.info" and call.seconds is None for call in workspace.calls)
