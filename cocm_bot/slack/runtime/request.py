"""One request of one person, as the handlers of the features see it.

Nearly all of them get a `MemberRequest`, of a member of a registry. What needs no membership gets a
`GuestRequest`.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from pydantic import ValidationError

from cocm_bot.domain.access import Actor
from cocm_bot.domain.errors import InvalidInput
from cocm_bot.domain.members import RegistryUser
from cocm_bot.domain.team.readers import Reader
from cocm_bot.operations.access.slack_users import SlackUser
from cocm_bot.operations.context import Context
from cocm_bot.operations.digests.overview import Known
from cocm_bot.slack.kit import Payload, for_reader, of_registry
from cocm_bot.slack.runtime.client.gateway import Gateway
from cocm_bot.slack.runtime.memo import ListMemo, Memo

T = TypeVar("T")
M = TypeVar("M", bound=Memo)

OUT_OF_DATE = "This window is out of date. Please close it and open it again."

RunSoon = Callable[[str, str], None]
"""Has the clock do one piece of work now, by its kind and id, while the person goes on: it neither waits nor
raises. What is put into the queue is done in any case; this only saves waiting for the next tick."""


def remembered_registry(view: Mapping[str, Any]) -> str:
    """The registry a modal or an App Home was drawn for, by id; empty when it does not say."""
    return _remembered(view, "registry")


def remembered_handle(view: Mapping[str, Any]) -> str:
    """The patient a modal is about; empty when it does not say."""
    return _remembered(view, "handle")


def remembered_reader(view: Mapping[str, Any]) -> Reader | None:
    """Return the reader a modal or an App Home was drawn for; None when it does not say."""
    return Reader.of_code(_remembered(view, "under"))


def _remembered(view: Mapping[str, Any], name: str) -> str:
    try:
        memo = json.loads(view.get("private_metadata") or "{}")
    except ValueError:
        return ""
    return str(memo.get(name) or "") if isinstance(memo, dict) else ""


@dataclass(frozen=True)
class LastWork:
    """A chart or an export: made after everything else, or refused in words where there is no place."""

    make: Callable[[], None]
    refuse: Callable[[], None]


@dataclass(frozen=True, kw_only=True)
class Request:
    """A person's request, and what answering it needs."""

    ctx: Context
    body: Mapping[str, Any]
    reference: str
    gateway: Gateway
    run_soon: RunSoon
    later: list[Callable[[], object]] = field(default_factory=list)
    """Work to do once Slack has its answer: redraw the screens behind a modal, add what takes longer."""
    last: list[LastWork] = field(default_factory=list)
    """Charts and exports to make after that."""
    view_id: str = ""
    """The modal that is being opened or redrawn; empty elsewhere."""
    hashes: list[str | None] = field(default_factory=list)
    """The hash of that modal, once what was asked for is in it; None where somebody closed it meanwhile."""
    say: Callable[[str], None]
    """Says something to whoever asked, privately; for when nothing can be drawn. Never raises."""

    @property
    def value(self) -> str:
        """The value of the button or option that was pressed or chosen."""
        action = self.body["actions"][0]
        chosen = action.get("selected_option") or action
        return str(chosen.get("value", ""))

    @property
    def shown(self) -> dict[str, Any]:
        """The modal or App Home it came from; raises InvalidInput for what came from a message."""
        view = self.body.get("view")
        if not isinstance(view, dict):
            raise InvalidInput(OUT_OF_DATE)
        return view

    def memo(self, kind: type[M]) -> M:
        """Return what the modal remembered; raises InvalidInput if it is not of this kind, or too old."""
        try:
            return kind.model_validate_json(self.shown["private_metadata"] or "{}")
        except ValidationError:
            raise InvalidInput(OUT_OF_DATE) from None

    def marked(self, screen: Payload) -> Payload:
        """A screen with what it must remember of who asked."""
        return screen

    @property
    def answers(self) -> Mapping[str, Any]:
        """The state of the modal's inputs."""
        values: Mapping[str, Any] = self.shown["state"]["values"]
        return values

    @property
    def answer_url(self) -> str | None:
        """Return where the message this request came from can be redrawn; None outside messages."""
        url = self.body.get("response_url")
        return str(url) if url else None

    def redraw_message(self, url: str, draw: Callable[[], Payload]) -> None:
        """Redraw the message behind the modal once the modal's own answer is given."""
        self.later.append(lambda: self.gateway.answer(url, self.marked(draw()), replace=True))

    def redraw_list(self, memo: ListMemo, draw: Callable[[str], Payload]) -> None:
        """Redraw the list behind the modal, by its name, once the modal's own answer is given."""
        url, behind = memo.answer_url, memo.behind
        if url and behind:
            self.redraw_message(url, lambda: draw(behind))


@dataclass(frozen=True, kw_only=True)
class MemberRequest(Request):
    """A request of a member, in the registry they act in."""

    actor: Actor
    team: list[RegistryUser] = field(default_factory=list)
    """The registry's members as this work read them, where it changes neither them nor the registry: then the
    App Home is drawn after it as part of the same work, for the same actor."""
    known: Known | None = None
    """The things that are read already, where an App Home is drawn so."""
    dropped: set[str] = field(default_factory=set)
    """The ids of the drafts that were deleted with what was saved of them."""

    def marked(self, screen: Payload) -> Payload:
        """A screen that remembers its registry and whom it is for, unless it says so already."""
        here, reader = self.actor.registry.id, Reader(self.actor.role, self.actor.is_admin).code
        if "type" not in screen:
            return of_registry(for_reader(screen, here, reader), here)
        memo = {"registry": here, "under": reader} | json.loads(screen.get("private_metadata") or "{}")
        return {**screen, "private_metadata": json.dumps(memo, separators=(",", ":"), ensure_ascii=False)}


@dataclass(frozen=True, kw_only=True)
class GuestRequest(Request):
    """A request of a full member of the workspace, whether they are in a registry or not."""

    person: SlackUser
    surface: str
    """Return the place they asked from: a message, a modal, …; for the access log."""


@dataclass(frozen=True)
class OpenToGuests(Generic[T]):
    """A request open to anybody of the workspace: it needs no membership, and gets no actor."""

    work: Callable[[GuestRequest], T]
