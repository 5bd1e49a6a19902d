"""The digests word by word: `pytest --write-goldens` writes down how they look now, to be read and kept."""

from pathlib import Path

import pytest

from cocm_bot.domain.access import DIGEST
from cocm_bot.domain.settings.registry_settings import Disclosure, Shown
from cocm_bot.domain.vocabulary import Role
from cocm_bot.operations.digests.digests import digest_of, handles
from cocm_bot.operations.digests.program_digests import team_digest
from cocm_bot.operations.team.recipients import reader
from cocm_bot.playground import cast
from cocm_bot.playground.blocks import limits
from cocm_bot.playground.elements import with_ids
from cocm_bot.playground.seats import text
from cocm_bot.playground.state import Message, State
from cocm_bot.slack.digests.digest_view import digest_message, struck
from cocm_bot.slack.digests.program_digest_view import team_message
from cocm_bot.slack.kit import Payload, of_registry
from cocm_bot.store.audit import access_log
from tests.operations.conftest import Office, office
from tests.rig.due_people import NAMES, TODAY, member, people, registry, snapshot
from tests.store.build import REGISTRY

__all__ = ["office"]

GOLDENS = Path(__file__).parent / "digests"
WEDNESDAY = "2026-03-18"
THURSDAY = "2026-03-19"
AT_NINE = "1773666000.000100"

CASES = [
    *((Role.CARE_MANAGER, count, TODAY) for count in (0, 1, 15, 16, 500)),
    *((Role.PSYCHIATRIST, count, WEDNESDAY) for count in (0, 1, 15, 16, 500)),
    *((Role.PSYCHIATRIST, count, THURSDAY) for count in (1, 500)),
    *((Role.PCP, count, TODAY) for count in (0, 9, 500)),
    *((Role.CLINICAL_OPS, count, TODAY) for count in (0, 1, 500)),
]


def drawn(message: Payload) -> str:
    """The message as a reader in a terminal sees it, under what a lock screen shows."""
    state = State()
    stored = with_ids(message["blocks"], state.fresh_ids())
    seen = Message(AT_NINE, cast.TEAM_CHANNEL, cast.BOT, message["text"], stored)
    return f"[{message['text']}]\n\n{text.of(state, seen, cast.MAYA)}\n"


def check(name: str, message: Payload, request: pytest.FixtureRequest) -> None:
    assert limits.problems("message", of_registry(message, REGISTRY)) == []
    assert not any(word in message["text"] for name in NAMES for word in name.split())
    golden = GOLDENS / f"{name}.txt"
    if request.config.getoption("--write-goldens"):
        golden.write_text(drawn(message))
    assert drawn(message) == golden.read_text()


@pytest.mark.parametrize(("role", "count", "day"), CASES)
def test_a_digest_reads_as_written_down(
    role: Role, count: int, day: str, office: Office, request: pytest.FixtureRequest
) -> None:
    found, told, where = people(count), member(role, "user-3" if role is Role.PCP else "user-1"), registry()
    actor = reader(where, told, "U1", DIGEST)
    digest = digest_of(office.ctx, snapshot(found, told, where, day), actor, asked=True)
    assert digest is not None
    check(f"{role.lower().replace(' ', '-')}-{count}-{day[-2:]}", digest_message(actor, digest), request)
    entries = access_log.entries(office.table, REGISTRY, office.moment.date())
    assert {(entry.user_id, entry.slack_user_id, entry.surface) for entry in entries} <= {
        (told.user_id, "U1", "digest")
    }
    seen = {patient_id for entry in entries for patient_id in entry.patient_ids}
    assert {each.id for each in found if each.handle in handles(digest)} <= seen


@pytest.mark.parametrize("shown", list(Shown))
def test_a_digest_shows_of_a_patient_what_the_registry_allows(
    shown: Shown, office: Office, request: pytest.FixtureRequest
) -> None:
    told, where = member(Role.CARE_MANAGER), registry(disclosure=Disclosure(direct=shown))
    actor = reader(where, told, "U1", DIGEST)
    digest = digest_of(office.ctx, snapshot(people(2), told, where), actor)
    assert digest is not None
    check(f"shown-{shown}", digest_message(actor, digest), request)


@pytest.mark.parametrize(
    ("name", "count", "before", "channel"),
    [
        ("nothing", 0, {}, Shown.COUNTS),
        ("first", 9, None, Shown.COUNTS),
        ("trend", 16, {"Safety risk": 1, "Plan due": 4, "Lost to contact": 2}, Shown.COUNTS),
        ("handles", 500, {"Safety risk": 56}, Shown.HANDLE),
        ("names", 9, None, Shown.NAME),
    ],
)
def test_the_team_channel_is_told_counts(
    name: str,
    count: int,
    before: dict[str, int] | None,
    channel: Shown,
    office: Office,
    request: pytest.FixtureRequest,
) -> None:
    where = registry(disclosure=Disclosure(channel=channel))
    told = member(Role.CARE_MANAGER)
    digest = team_digest(
        office.ctx, snapshot(people(count), told, where), reader(where, told, "C1", DIGEST), before
    )
    message = team_message(where, digest)
    check(f"team-{name}", message, request)
    assert not any(part in drawn(message) for name in NAMES for part in name.split())


def test_what_is_done_with_is_struck_through(office: Office, request: pytest.FixtureRequest) -> None:
    told, where = member(Role.CARE_MANAGER), registry()
    actor = reader(where, told, "U1", DIGEST)
    digest = digest_of(office.ctx, snapshot(people(9), told, where), actor)
    assert digest is not None
    done = {"H004": "Contact logged by Cora at 10:12", "H005": "Snoozed by Cora at 10:15"}
    message = struck(digest_message(actor, digest), done)
    check("struck", message, request)
    lines = [block["text"]["text"] for block in message["blocks"] if "~" in str(block)]
    assert lines == [
        "~H004 · E.B. · b. 1980  Treatment, week 4~\n_Contact logged by Cora at 10:12_",
        "~H005 · F.L. · b. 1980  Enrolled~\n_Snoozed by Cora at 10:15_",
    ]
