"""What stands in the place of a screen: a sentence, or a question."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from cocm_bot.operations.access.registry_choice import Choice
from cocm_bot.slack.kit import Payload
from cocm_bot.slack.shared_views.notices import notice_view


@dataclass(frozen=True)
class Place:
    """Where a person sees what comes of a request, and how sentences and questions are drawn there."""

    put: Callable[[Payload], None]
    notice: Callable[[str], Payload]
    question: Callable[[Sequence[Choice], str], Payload]


def refused(body: Mapping[str, Any], sentence: str, field: str | None = None) -> dict[str, Any]:
    """The answer to a submission: the sentence at the field it is about, else at the first input, else in
    the modal's place."""
    found = inputs(body)
    if not found:
        title = str(body["view"]["title"]["text"])
        return {"response_action": "update", "view": notice_view(title, sentence)}
    place = field if field in found else found[0]
    return {"response_action": "errors", "errors": {place: sentence}}


def inputs(body: Mapping[str, Any]) -> list[str]:
    """The block_ids of a modal's inputs."""
    return [str(block["block_id"]) for block in body["view"]["blocks"] if block["type"] == "input"]
