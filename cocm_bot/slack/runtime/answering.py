"""Answers in the place of a screen: a sentence, or a question."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from cocm_bot.operations.access.registry_choice import Choice
from cocm_bot.slack.kit import Payload
from cocm_bot.slack.runtime.registry_question import question_view
from cocm_bot.slack.shared_views.notices import notice_above, notice_view


@dataclass(frozen=True)
class Place:
    """The place where a person sees the outcome of a request, and the way answers are drawn there."""

    put: Callable[[Payload], object]
    notice: Callable[[str], Payload]
    question: Callable[[Sequence[Choice], str], Payload]
    refusal: Callable[[str], Payload] | None = None
    """Drawn for whom the gate refuses, who may not go on seeing what is there; None: as any sentence."""
    by_link: bool = False
    """True if it is reached by the request's response_url."""


def in_modal(body: Mapping[str, Any], put: Callable[[Payload], object]) -> Place:
    """The modal a request came from; a sentence goes above its inputs, so that nothing typed is lost."""
    shown = body["view"]
    title = str(shown["title"]["text"])
    notice = partial(notice_above, shown) if inputs(body) else partial(notice_view, title)
    return Place(put, notice, partial(question_view, title), refusal=partial(notice_view, title))


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
