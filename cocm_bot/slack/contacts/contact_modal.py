"""The contact modal: drawn, drawn again as it follows what is entered, and read."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from cocm_bot.domain.care.medication import read_changes
from cocm_bot.domain.contacts.contact import Advice, Contact
from cocm_bot.domain.errors import InvalidInput
from cocm_bot.domain.measures.catalogue import Measure
from cocm_bot.domain.settings.policy import CarePolicy
from cocm_bot.domain.vocabulary import Role
from cocm_bot.slack.contacts.contact_form import Shape, entered, read
from cocm_bot.slack.contacts.contact_view import redrawn_view, risk_notice, way_to_enter
from cocm_bot.slack.contacts.measure_inputs import (
    HARM,
    SCORE,
    check_items_asked,
    field_of,
    item_fields,
    measure_form,
    measured,
    typed_items,
)
from cocm_bot.slack.kit import Block, Payload
from cocm_bot.slack.runtime.request import MemberRequest
from cocm_bot.slack.shared_views.crisis import crisis_lines


def inputs(
    policy: CarePolicy, shape: Shape, initial: Mapping[str, Any], crisis_text: str = ""
) -> list[Block]:
    """The modal's inputs, with a button per measure that can be entered item by item.

    Below the first measure that asks about self-harm comes the institution's text for a crisis.
    """
    places, told = {place for each in policy.measures for place in harm_places(each)}, False
    blocks: list[Block] = risk_notice(sorted(shape.risky)) if shape.risky else []
    asked = {measure_form(each, each.name in shape.by_item): each for each in policy.measures}
    for part in shape.forms(policy.measures):
        known = {name: value for name, value in initial.items() if name in part.model_fields}
        blocks += part.blocks(known)
        asks = any(name in part.model_fields for name in places)
        if asks and not told:
            blocks += crisis_lines(crisis_text)
            told = True
        if part in asked:
            number = policy.measures.index(asked[part])
            blocks += way_to_enter(asked[part], number, by_item=asked[part].name in shape.by_item)
    return blocks


def shape_of(request: MemberRequest) -> Shape:
    """Return the shape that fits what is entered now, for whoever enters it."""
    policy, role = request.actor.registry.policy, request.actor.role
    return Shape.of(request.answers, policy, by_psychiatrist=role is Role.PSYCHIATRIST)


def again(request: MemberRequest, shape: Shape) -> Payload:
    """The modal with the inputs of a shape, and all that was entered."""
    policy = request.actor.registry.policy
    shown = shape_of(request)
    values = entered(shown, policy.measures, request.answers)
    values |= typed_items(values, policy.measures)
    for measure in policy.measures:
        if measure.self_harm_item is not None:
            # The same answer is in one place with the items, and in another without them.
            places = harm_places(measure)
            answer = next((values[name] for name in places if values.get(name) is not None), None)
            values |= dict.fromkeys(places, answer)
    text = request.actor.registry.alerts.crisis_text
    return redrawn_view(request.shown, inputs(policy, shape, values, text))


def harm_places(measure: Measure) -> list[str]:
    """The fields of a measure's self-harm item: beside the total, and among the items."""
    item = measure.self_harm_item
    return [] if item is None else [field_of(measure, HARM), item_fields(measure)[item - 1]]


def asked(request: MemberRequest) -> Contact | Payload:
    """The contact as entered; or the modal again, when something that belongs to it was not asked yet.

    Raises FormErrors, or InvalidInput with the field at fault.
    """
    policy, answers = request.actor.registry.policy, request.answers
    measures = policy.measures
    known = {field_of(measure) for measure in measures}
    if any(name.startswith(SCORE) and name not in known for name in answers):
        raise InvalidInput("The registry's measures changed meanwhile. Close this window and open it again.")
    shape = shape_of(request)
    if not shape.fits(answers, measures):
        return again(request, shape)
    values = read(shape, measures, answers)
    check_items_asked(values, measures)
    contact = Contact.model_validate(
        {
            "minutes": 0,
            **{name: values[name] for name in Contact.model_fields if values.get(name) is not None},
            **measured(values, measures),
            "medication_changes": read_changes(values.get("medication", "")),
            "advice": Advice(kinds=values["kinds"], text=values["text"]) if shape.consultation else None,
        }
    )
    return (
        contact if shape.risky else contact.model_copy(update={"raise_safety_flag": False, "history": False})
    )


@contextmanager
def at_the_measure(request: MemberRequest) -> Iterator[None]:
    """Show what is wrong with a measure at its total."""
    try:
        yield
    except InvalidInput as wrong:
        measure = request.actor.registry.policy.measure(wrong.field or "")
        field = field_of(measure) if measure else wrong.field
        raise InvalidInput(str(wrong), field) from None
