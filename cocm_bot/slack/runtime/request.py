"""One request of one person, as the handlers of the features see it.

Nearly all of them get a `MemberRequest`, of a member of a registry. What needs no membership gets a
`GuestRequest`.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Annotated, Any, Generic, TypeVar

from pydantic import BaseModel, ConfigDict, StringConstraints, ValidationError

from cocm_bot.domain.access import Actor
from cocm_bot.domain.errors import InvalidInput
from cocm_bot.domain.team.readers import Reader
from cocm_bot.operations.access.slack_users import SlackUser
from cocm_bot.operations.context import Context
from cocm_bot.slack.kit import Payload, for_reader, of_registry
from cocm_bot.slack.runtime.gateway import Gateway

OUT_OF_DATE = "This window is out of date. Please close it and open it again."

RunSoon = Callable[[str, str], None]
"""Has the clock do one piece of work now, by its kind and id, while the person goes on: it neither waits nor
raises. What is put into the queue is done in any case; this only saves waiting for the next tick."""

Opaque = Annotated[str, StringConstraints(pattern=r"^[\w-]{1,64}$")]
"""A handle or an id of our own making."""


Values = dict[str, str | int | list[str] | list[int] | None]
"""Values of a registry's settings, by their names."""


def remembered_registry(view: Mapping[str, Any]) -> str:
    """The registry a modal or an App Home was drawn for, by id; empty when it does not tell."""
    return _remembered(view, "registry")


def remembered_reader(view: Mapping[str, Any]) -> Reader | None:
    """Whom a modal or an App Home was drawn for; None when it does not tell."""
    return Reader.of_code(_remembered(view, "under"))


def _remembered(view: Mapping[str, Any], name: str) -> str:
    try:
        memo = json.loads(view.get("private_metadata") or "{}")
    except ValueError:
        return ""
    return str(memo.get(name) or "") if isinstance(memo, dict) else ""


class Memo(BaseModel):
    """What a modal remembers while it is open: opaque ids only, nothing that identifies a patient."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    registry: Opaque | None = None
    """The registry the modal was drawn for: handles mean other patients elsewhere."""
    under: str | None = None
    """Whom the modal was drawn for, as `Reader.code`."""
    handle: Opaque | None = None
    member: Opaque | None = None
    """The member of the team whom it is about, by their user id."""
    request_id: Opaque | None = None
    """Applied at most once, however often the modal is submitted."""
    answer_url: str | None = None
    """Where the message the modal was opened from can be redrawn."""
    behind: str | None = None
    """The list that message shows, by its name."""
    recommendation: Opaque | None = None
    """The recommendation that is answered."""
    seen: Opaque | None = None
    """Its state when the modal was opened."""
    review: Opaque | None = None
    """The session of the caseload review the modal was opened from."""

    timer: Opaque | None = None
    """The timer that filled in the minutes, to be stopped once they are saved."""
    entry: Opaque | None = None
    """The entry of the history that is corrected."""
    version: int | None = None
    """The patient's version that the modal was drawn from."""
    measure: Opaque | None = None
    """The measure whose lines are set, by its key."""
    asked: bool = False
    """Whether the modal has asked about what speaks against saving it."""
    shown: int | None = None
    """The version up to which the modal has told what others changed; None before it told anything."""

    section: Opaque | None = None
    """The section of the settings that is shown."""
    draft: Values | None = None
    """What was changed and is not saved yet, by the settings' names."""
    drawn: Values | None = None
    """What was set, in the section that is shown, when it was drawn: what is still so was not changed."""

    def packed(self) -> str:
        """The memo as private_metadata."""
        kept = self.model_dump(exclude_none=True, exclude_defaults=True)
        return json.dumps(kept, separators=(",", ":"), ensure_ascii=False)


@dataclass(frozen=True, kw_only=True)
class Request:
    """What somebody sent, and what answering it needs."""

    ctx: Context
    body: Mapping[str, Any]
    reference: str
    gateway: Gateway
    run_soon: RunSoon
    later: list[Callable[[], None]] = field(default_factory=list)
    """What to do once Slack has its answer: redraw the screens behind a modal, add what takes longer."""
    view_id: str = ""
    """The modal that is being opened; empty elsewhere."""
    say: Callable[[str], None]
    """Says something to whoever asked, privately; for when nothing can be drawn. Never raises."""

    @property
    def value(self) -> str:
        """The value of the button or option that was pressed or chosen."""
        action = self.body["actions"][0]
        chosen = action.get("selected_option") or action
        return str(chosen.get("value", ""))

    @property
    def memo(self) -> Memo:
        """What the modal remembered; raises InvalidInput if that is not one of our own."""
        try:
            return Memo.model_validate_json(self.body["view"]["private_metadata"] or "{}")
        except ValidationError:
            raise InvalidInput(OUT_OF_DATE) from None

    def marked(self, screen: Payload) -> Payload:
        """A screen with what it must remember of who asked."""
        return screen

    @property
    def handle(self) -> str:
        """The patient the modal is about; raises InvalidInput without one."""
        handle = self.memo.handle
        if handle is None:
            raise InvalidInput(OUT_OF_DATE)
        return handle

    @property
    def request_id(self) -> str:
        """The id under which the modal's submission is applied once; raises InvalidInput without one."""
        request_id = self.memo.request_id
        if request_id is None:
            raise InvalidInput(OUT_OF_DATE)
        return request_id

    @property
    def version(self) -> int:
        """The patient's version that the modal was drawn from; raises InvalidInput without one."""
        version = self.memo.version
        if version is None:
            raise InvalidInput(OUT_OF_DATE)
        return version

    @property
    def answers(self) -> Mapping[str, Any]:
        """The state of the modal's inputs."""
        values: Mapping[str, Any] = self.body["view"]["state"]["values"]
        return values

    @property
    def answer_url(self) -> str | None:
        """Where the message this request came from can be redrawn; None outside messages."""
        url = self.body.get("response_url")
        return str(url) if url else None

    def redraw_message(self, url: str, draw: Callable[[], Payload]) -> None:
        """Redraw the message behind the modal once the modal's own answer is given."""
        self.later.append(lambda: self.gateway.answer(url, self.marked(draw()), replace=True))


@dataclass(frozen=True, kw_only=True)
class MemberRequest(Request):
    """A request of a member, in the registry they act in."""

    actor: Actor

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
    """Where they asked: a message, a modal, …; for the access log."""


T = TypeVar("T")


@dataclass(frozen=True)
class OpenToGuests(Generic[T]):
    """What a feature does for anybody of the workspace: it needs no membership, and gets no actor."""

    work: Callable[[GuestRequest], T]
