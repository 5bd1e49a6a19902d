"""Attacks on somebody's identity, each a way of being taken for somebody else, and people to be let in.

Noor, who is in no registry, tries to be taken for Iris, who is in one; and others in their places.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

import pytest

from cocm_bot.domain.members import UserInvite
from cocm_bot.domain.vocabulary import Role
from cocm_bot.operations.access.slack_users import AnotherAccount, Unproven
from cocm_bot.playground import cast, payloads
from cocm_bot.playground.seats.seat import Seat
from cocm_bot.playground.state import Call
from cocm_bot.slack.runtime.auth import OUTSIDERS, UNKNOWN
from cocm_bot.store.table import items, keys, writes
from cocm_bot.store.team import people
from tests.rig.clinic import Clinic, running_clinic
from tests.rig.scenes import add_patient, sees

pytestmark = [pytest.mark.slow, pytest.mark.long(5), pytest.mark.timeout(600)]

STRANGER = "You are not in a patient registry yet."
UNCONFIRMED, UNANSWERED = str(Unproven.UNCONFIRMED), str(Unproven.UNANSWERED)
ANOTHER = str(AnotherAccount()).partition(".")[0]
IRIS = "iris.lindqvist@example.org"
OF_ANA = ("Muñoz", "A.M.", "1 patient")


@dataclass(frozen=True)
class Attack:
    """Noor's account as the attack makes it, the workspace around, and the sentence it must get."""

    told: str
    changes: Mapping[str, Any]
    around: Mapping[str, Any]
    before: Callable[[Clinic], None] | None = None


def taken_for(address: str, told: str = STRANGER, **changes: Any) -> Attack:
    return Attack(told, {"email": address, **changes}, {})


def in_organisation(told: str, **changes: Any) -> Attack:
    return Attack(told, {"email": IRIS, **changes}, {"enterprise_id": cast.ENTERPRISE})


def iris_has_come(clinic: Clinic) -> None:
    iris = clinic.seat("Iris Lindqvist")
    iris.command("/cocm caseload")
    sees(iris, "1 patient")


NEW = "new@example.org"


def invited(age_days: int, *, bare: bool = False, told_email: str = NEW) -> Callable[[Clinic], None]:
    """An invitation as an older system left it: without an id or an expiry."""

    def store(clinic: Clinic) -> None:
        record = UserInvite(
            email=told_email,
            first_name="Noor",
            last_name="Rahimi",
            invited_by=clinic.member("Maya Okafor").user_id,
            registry_id=clinic.registry_id,
            date_created=int(clinic.clock().timestamp()) - age_days * 24 * 3600,
            role=Role.PSYCHIATRIST,
        )
        key = (keys.bare_invite if bare else keys.invite)(NEW, clinic.registry_id)
        clinic.ctx.table.put(writes.put(items.to_item(key, record)))

    return store


def new(told: str, before: Callable[[Clinic], None], **changes: Any) -> Attack:
    return Attack(told, {"email": NEW, **changes}, {}, before)


ATTACKS: Mapping[str, Attack] = {
    # an address that only looks like hers
    "Cyrillic i in the name": taken_for("iris.lindqv\u0456st@example.org"),
    "Cyrillic a in the domain": taken_for("iris.lindqvist@ex\N{CYRILLIC SMALL LETTER A}mple.org"),
    "the same in Punycode": taken_for("iris.lindqvist@xn--exmple-4nf.org"),
    "dotless i": taken_for("ır\N{LATIN SMALL LETTER DOTLESS I}s.lindqvist@example.org"),
    "dotted capital I": taken_for("\N{LATIN CAPITAL LETTER I WITH DOT ABOVE}ris.lindqvist@example.org"),
    "a plus tag": taken_for("iris.lindqvist+x@example.org"),
    "without the dot": taken_for("irislindqvist@example.org"),
    "a dot after the name": taken_for("iris.lindqvist.@example.org"),
    "two dots after the domain": taken_for("iris.lindqvist@example.org.."),
    "quoted": taken_for('"iris.lindqvist"@example.org'),
    "her address as a name": taken_for(f"{IRIS}@evil.example"),
    "the same with a full-width at": taken_for("iris.lindqvist＠example.org@evil.example"),
    "a subdomain": taken_for(f"{IRIS}.evil.example"),
    "a zero-width space": taken_for("iris.lind\N{ZERO WIDTH SPACE}qvist@example.org"),
    "a right-to-left mark": taken_for(f"\N{RIGHT-TO-LEFT MARK}{IRIS}"),
    "an accent": taken_for("íris.lindqvist@example.org"),
    "the lock's name": taken_for("#lock"),
    # her address, of an account Slack does not say enough of
    "unconfirmed": taken_for(IRIS, UNCONFIRMED, is_email_confirmed=False),
    "confirmed unsaid": taken_for(IRIS, UNCONFIRMED, unsaid=frozenset({"is_email_confirmed"})),
    "confirmed as a word": taken_for(IRIS, UNCONFIRMED, is_email_confirmed="true"),
    "unconfirmed and full-width": taken_for(f"Ｉ{IRIS[1:]}", UNCONFIRMED, is_email_confirmed=False),
    **{
        f"{mark} unsaid": taken_for(IRIS, UNANSWERED, unsaid=frozenset({mark}))
        for mark in ("deleted", "is_bot", "is_restricted", "is_ultra_restricted")
    },
    "is_restricted null": taken_for(IRIS, UNANSWERED, is_restricted=None),
    "nothing said": taken_for(
        IRIS, UNANSWERED, unsaid=frozenset({"deleted", "is_bot", "is_restricted", "is_ultra_restricted"})
    ),
    # her address, of an account from outside
    "a guest": taken_for(IRIS, OUTSIDERS, is_restricted=True),
    "a guest of one channel": taken_for(IRIS, OUTSIDERS, is_ultra_restricted=True),
    "a stranger in our workspace": taken_for(IRIS, OUTSIDERS, is_stranger=True),
    "another workspace": taken_for(IRIS, OUTSIDERS, team_id=cast.OTHER_TEAM),
    "no workspace": taken_for(IRIS, OUTSIDERS, team_id=None),
    "an app": taken_for(IRIS, OUTSIDERS, is_bot=True),
    "no address": taken_for("", OUTSIDERS),
    "a sister workspace, and no organisation here": taken_for(
        IRIS, OUTSIDERS, team_id=cast.SISTER_TEAM, enterprise_id=cast.ENTERPRISE, teams=(cast.SISTER_TEAM,)
    ),
    # on Enterprise Grid
    "another organisation": in_organisation(
        OUTSIDERS, enterprise_id=cast.OTHER_ENTERPRISE, team_id=cast.OTHER_TEAM
    ),
    "another organisation that lists our workspace": in_organisation(
        OUTSIDERS, enterprise_id=cast.OTHER_ENTERPRISE, team_id=cast.TEAM, teams=(cast.TEAM,)
    ),
    "a sister workspace's guest": in_organisation(
        OUTSIDERS, enterprise_id=cast.ENTERPRISE, team_id=cast.SISTER_TEAM, is_restricted=True
    ),
    "a stranger of our organisation": in_organisation(
        OUTSIDERS, enterprise_id=cast.ENTERPRISE, is_stranger=True
    ),
    "a sister workspace unsaid whose": in_organisation(OUTSIDERS, team_id=cast.SISTER_TEAM),
    "our organisation, unconfirmed": in_organisation(
        UNCONFIRMED, enterprise_id=cast.ENTERPRISE, team_id=cast.SISTER_TEAM, is_email_confirmed=False
    ),
    # what is somebody else's by now
    "her address, reassigned": Attack(ANOTHER, {"email": IRIS}, {}, iris_has_come),
    "an invitation to an address not confirmed": new(UNCONFIRMED, invited(1), is_email_confirmed=False),
    "an old invitation without an end": new(STRANGER, invited(31)),
    "the same with a bare key": new(STRANGER, invited(31, bare=True)),
    "an invitation that names another address": new(STRANGER, invited(1, told_email="else@example.org")),
    "an invitation from the day of doom": new(STRANGER, invited(30)),
}


@pytest.fixture(scope="module")
def shared(endpoint: str) -> Iterator[Clinic]:
    with running_clinic(endpoint) as clinic:
        maya = clinic.seat()
        add_patient(maya)
        maya.close()
        yield clinic


@contextmanager
def as_it_was(clinic: Clinic) -> Iterator[None]:
    """Let the bot forget what Slack said of people; in the end they, and the invitations, are as before."""
    state, table = clinic.workspace, clinic.ctx.table
    before = dict(state.people)
    clinic.clock.forward(minutes=1)
    try:
        yield
    finally:
        state.people.update(before)
        state.enterprise_id, state.org_install = None, False
        for key in (keys.invite, keys.bare_invite):
            table.transact([writes.forget(key(NEW, clinic.registry_id))])


@contextmanager
def forgetful(clinic: Clinic, around: Mapping[str, Any]) -> Iterator[None]:
    """A workspace like this, and where it is another one, a bot that has not asked for its name yet."""
    if not around:
        yield
        return
    for name, value in around.items():
        setattr(clinic.workspace, name, value)
    with clinic.restarted():
        yield
    clinic.workspace.connect(f"{clinic.url}/slack/events")


def told(clinic: Clinic, seat: Seat) -> str:
    before = len(seat.messages())
    seat.command("/cocm caseload")
    clinic.workspace.wait_until(lambda: len(seat.messages()) > before, "an answer")
    return sees(seat)


def members(clinic: Clinic) -> int:
    return len(people.members(clinic.ctx.table, clinic.registry_id))


def outcome(clinic: Clinic, attack: Attack) -> str:
    """Return what became of an attack; empty where it was held off."""
    state = clinic.workspace
    with as_it_was(clinic), forgetful(clinic, attack.around):
        if attack.before:
            attack.before(clinic)
        state.people[cast.UNKNOWN] = replace(state.people[cast.UNKNOWN], **attack.changes)
        count = members(clinic)
        answer = told(clinic, clinic.seat("Noor Rahimi"))
        joined, shown = members(clinic) != count, [word for word in OF_ANA if word in answer]
        return "" if attack.told in answer and not joined and not shown else f"{joined=} {shown=} {answer}"


def test_nobody_is_taken_for_somebody_else(shared: Clinic) -> None:
    last = "her address, reassigned"  # from then on Iris's account is known
    failed = {}
    for name in sorted(ATTACKS, key=lambda each: each == last):
        if became := outcome(shared, ATTACKS[name]):
            failed[name] = became
    print(f"tried {len(ATTACKS)}, held {len(ATTACKS) - len(failed)}")
    assert failed == {}


FORGED: Mapping[str, tuple[Mapping[str, Any], str]] = {
    "another workspace": ({"team_id": cast.OTHER_TEAM}, OUTSIDERS),
    "no workspace": ({"team_id": ""}, OUTSIDERS),
    "another workspace, and no organisation of ours": (
        {"team_id": cast.OTHER_TEAM, "enterprise_id": cast.ENTERPRISE},
        OUTSIDERS,
    ),
    "an organisation in place of the workspace": ({"team_id": cast.ENTERPRISE}, OUTSIDERS),
    "an id nobody has": ({"user_id": "U0NOBODY"}, UNKNOWN),
    "no id": ({"user_id": ""}, OUTSIDERS),
    "an organisation's installation": ({"team_id": "", "is_enterprise_install": "true"}, OUTSIDERS),
}


def test_a_request_that_names_another_place_or_person_is_refused(shared: Clinic) -> None:
    state, failed = shared.workspace, {}
    for name, (changes, expected) in FORGED.items():
        form = {**payloads.command(state, cast.MAYA, cast.LOBBY, "/cocm", "caseload"), **changes}
        mark = len(state.calls)
        state.sender.command(form)

        def answers(mark: int = mark) -> list[Call]:
            return [each for each in state.calls[mark:] if each.name == "response_url"]

        [answer] = state.wait_until(answers, name)
        if expected not in str(answer.arguments) or "Muñoz" in str(answer.arguments):
            failed[name] = str(answer.arguments)
    print(f"tried {len(FORGED)}, held {len(FORGED) - len(failed)}")
    assert failed == {}


GRID: Mapping[str, tuple[Mapping[str, Any], bool]] = {
    "of this workspace": ({"team_id": cast.TEAM, "teams": (cast.TEAM,)}, False),
    "of a sister workspace and of this one": (
        {"team_id": cast.SISTER_TEAM, "teams": (cast.SISTER_TEAM, cast.TEAM)},
        False,
    ),
    "of a sister workspace alone": ({"team_id": cast.SISTER_TEAM, "teams": (cast.SISTER_TEAM,)}, False),
    "of no workspace": ({"team_id": None}, False),
    "where the organisation installed the app": ({"team_id": cast.SISTER_TEAM}, True),
    "with a confirmed address in capitals": ({"email": "MAYA.OKAFOR@EXAMPLE.ORG"}, False),
}


def test_full_members_of_the_organisation_are_let_in(shared: Clinic) -> None:
    state, refused = shared.workspace, {}
    for name, (changes, org_install) in GRID.items():
        around = {"enterprise_id": cast.ENTERPRISE, "org_install": org_install}
        with as_it_was(shared), forgetful(shared, around):
            maya = replace(state.people[cast.MAYA], enterprise_id=cast.ENTERPRISE, **changes)
            state.people[cast.MAYA] = maya
            seat = shared.seat()
            if "1 patient" not in told(shared, seat):
                refused[name] = sees(seat)
    assert refused == {}
