"""Markup planted in every text field of every record does nothing on any screen."""

from collections.abc import Iterator, Mapping
from contextlib import suppress
from typing import Any

import pytest

from cocm_bot.domain.vocabulary import Flag
from cocm_bot.operations.safety.flags import Flagging, raise_flags
from cocm_bot.operations.synthetic.seeding import seed
from cocm_bot.playground.seats.seat import Seat
from cocm_bot.store.table.wire import from_wire, to_wire
from tests.rig.clinic import Clinic

MARKUP = " <!channel> <@U1> <https://evil.example|x> *x* &lt;"
LIVE = ("<!channel", "<@U1>", "<https://evil", "*x*", " &lt;\n", " &lt; ")
TEXTS = frozenset(
    {
        "name",
        "first_name",
        "last_name",
        "payer",
        "phone_number",
        "email",
        "note",
        "reason",
        "resolved_reason",
        "text",
        "word",
        "safety_action",
        "difficulty",
        "before",
        "after",
        "title",
        "triggers",
        "strategies",
        "supports",
        "medication",
        "warning_signs",
        "contacts",
        "measures",
        "score_name",
        "by_name",
        "action",
    }
)
"""Attributes that hold what a person, or another system, wrote."""
PLANTED = {
    "registry",
    "registry-patient",
    "registry-user",
    "user",
    "patient-log",
    "patient-directory",
    "invite",
    "registry-invites",
}
OWN = {
    "name": "Well-being",
    "items": 5,
    "minimum": 0,
    "maximum": 25,
    "bands": [{"start": 0, "word": "low"}, {"start": 13, "word": "good"}],
    "higher_is_worse": False,
    "improved_below": 10,
    "remission_below": 13,
}


def planted(name: str, value: Any) -> Any:
    if isinstance(value, Mapping):
        return {each: planted(each, inner) for each, inner in value.items()}
    if isinstance(value, list):
        return [planted(name, inner) for inner in value]
    return value + MARKUP if isinstance(value, str) and value and name in TEXTS else value


def plant(clinic: Clinic) -> int:
    """Write markup into the text fields of every record, as another writer would; returns into how many."""
    client, table = clinic.ctx.table.client, clinic.ctx.table.name
    changed = 0
    for item in client.scan(TableName=table, ConsistentRead=True)["Items"]:
        pk = item["PK"]["S"]
        if pk.partition(":")[0] not in PLANTED:
            continue
        plain = from_wire(item)
        kept = {"email"} if not pk.startswith("registry-patient:") else set()
        spoiled = {n: v if n in kept else planted(n, v) for n, v in plain.items()}
        if pk.startswith("registry:"):
            own = planted("", OWN)
            asked = {"name": own["name"], "definition": own}
            spoiled |= {"questionnaires": [*plain["questionnaires"], asked], "own_measures": [own]}
        if pk.startswith("registry-patient:") and plain["course"]["scores"]:
            scores = plain["course"]["scores"]
            spoiled["course"] = plain["course"] | {
                "scores": scores | {planted("name", OWN["name"]): next(iter(scores.values()))}
            }
        changed += spoiled != plain
        client.put_item(TableName=table, Item=to_wire(spoiled))
    return changed


def live(part: Any) -> Iterator[str]:
    """The formatted texts of a payload in which markup of data would do something."""
    if isinstance(part, list):
        for inner in part:
            yield from live(inner)
    elif isinstance(part, dict):
        kind, text = part.get("type"), part.get("text")
        if isinstance(text, str) and kind not in ("plain_text", "raw_text"):
            shown = f"{text} "
            if any(mark in shown for mark in LIVE):
                yield text
        for name, inner in part.items():
            if name not in ("private_metadata", "value"):
                yield from live(inner)


def sent(clinic: Clinic) -> Iterator[tuple[str, Any]]:
    for call in clinic.workspace.calls:
        if call.to == "slack":
            yield call.name, call.arguments
        elif call.answer is not None:
            yield call.name, call.answer


COMMANDS = (
    "help",
    "today",
    "today all",
    "today all snoozed",
    "caseload",
    "caseload all by score",
    "patient",
    "patient a",
    "add",
    "log",
    "review",
    "digest",
    "remind",
    "away",
    "handover",
    "billing",
    "registry",
    "registry settings",
    "registry stats",
    "registry members",
    "measures",
    "team",
    "team invite",
    "audit",
    "status",
    "nonsense <!channel>",
)


def pressable(blocks: Any) -> list[str]:
    """The buttons and the entries of menus on a screen, as they are named."""
    found: list[str] = []
    for block in blocks:
        for element in [*block.get("elements", []), block.get("accessory")]:
            match element:
                case {"type": "button", "action_id": str(action_id)}:
                    found.append(action_id)
                case {"type": "overflow", "options": list(options)}:
                    found.extend(option["text"]["text"] for option in options)
    return list(dict.fromkeys(found))


def walk_card(clinic: Clinic, seat: Seat, handle: str) -> int:
    """Open a patient's card and press each of its buttons; returns how many were pressed."""

    def opened() -> list[str]:
        if seat.view:
            seat.close(everything=True)
        seat.command(f"/cocm patient {handle}")
        clinic.workspace.wait_until(lambda: seat.view and pressable(seat.view.blocks), "a card")
        return pressable(seat.view.blocks) if seat.view else []

    every = opened()
    for button in every:
        opened()
        with suppress(LookupError, AssertionError):
            seat.press(button)
            clinic.workspace.settled(quiet=0.05)
    if seat.view:
        seat.close(everything=True)
    return len(every)


@pytest.mark.long(5)
def test_markup_in_stored_text_does_nothing_anywhere(clinic: Clinic) -> None:
    assert sum(seed(clinic.ctx, clinic.registry_id, 12, 1)) == 12
    handles = [each.handle for each in clinic.patients()]
    flagging = Flagging(flag_types=(Flag.SAFETY_RISK,), reason="spoke of it")
    risky = next(each.handle for each in clinic.patients() if not each.flags)
    raise_flags(clinic.ctx, clinic.actor(), risky, flagging, "flagged")
    assert plant(clinic) > 40
    clinic.tick()
    pressed = 0
    for name in ("Maya Okafor", "Iris Lindqvist", "Samuel Adeyemi", "Lena Novak", "Omar Haddad"):
        seat = clinic.seat(name)
        seat.open_home()
        clinic.workspace.settled(quiet=0.05)
        for command in COMMANDS:
            seat.command(f"/cocm {command}")
            clinic.workspace.settled(quiet=0.05)
            if seat.view:
                seat.close(everything=True)
    for seat, handle in (
        *((clinic.seat(), each) for each in handles[:2]),
        (clinic.seat("Iris Lindqvist"), risky),
    ):
        pressed += walk_card(clinic, seat, handle)
    assert pressed > 10
    clinic.clock.forward(days=1)
    clinic.tick()
    drawn = list(sent(clinic))
    assert {"views.open", "views.update", "views.publish", "chat.postMessage"} <= {name for name, _ in drawn}
    assert "&lt;!channel&gt;" in str(drawn)
    found = sorted({(name, text[:180]) for name, payload in drawn for text in live(payload)})
    assert found == [], "\n".join(map(str, found))


@pytest.mark.parametrize("text", ["<!channel>", "hello <@U1>", "a *x* b", "ends &lt;"])
def test_the_search_finds_live_markup(text: str) -> None:
    assert list(live({"blocks": [{"type": "section", "text": {"type": "mrkdwn", "text": text}}]}))
    assert not list(live({"type": "plain_text", "text": text}))
