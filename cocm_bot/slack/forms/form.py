"""A form: a pydantic model whose fields say how they are asked for."""

from collections.abc import Collection, Mapping
from dataclasses import replace
from types import NoneType
from typing import Any, Self, get_args

from pydantic import BaseModel, ConfigDict, ValidationError
from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined

from cocm_bot.slack import kit
from cocm_bot.slack.forms.choice import ChoiceSource
from cocm_bot.slack.forms.chosen import CheckboxInput, OptionsInput
from cocm_bot.slack.forms.input import Input, Unreadable
from cocm_bot.slack.forms.sentences import sentence

Options = Mapping[str, ChoiceSource]
"""The options of the fields that get theirs at run time, by field name."""


class FormErrors(Exception):
    """The faults of a submission: block id → sentence, as Slack takes it. Its text names fields only."""

    def __init__(self, errors: Mapping[str, str]) -> None:
        super().__init__(", ".join(errors))
        self.errors = dict(errors)


class FieldError(ValueError):
    """Raised by a form's own model validator to put its sentence at one field."""

    def __init__(self, field: str, sentence: str) -> None:
        super().__init__(sentence)
        self.field = field


class Form(BaseModel):
    """The base of every form: each field carries one Input in its annotation, and its name is its block id.

    A field with a default, or that may be None, may be left empty.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    @classmethod
    def __pydantic_init_subclass__(cls, **_: Any) -> None:
        for name, field in cls.model_fields.items():
            if _input(field) is None:
                raise TypeError(f"{cls.__name__}.{name} says no input")

    @classmethod
    def blocks(
        cls,
        initial: "Mapping[str, Any] | Form | None" = None,
        *,
        options: Options | None = None,
        only: Collection[str] | None = None,
    ) -> list[kit.Block]:
        """The inputs to draw, filled in with the initial values, or else the fields' defaults.

        `only` draws some of the fields, in the order given there.
        """
        values = dict(initial or {})
        inputs = cls._inputs(options)
        return [
            _drawn(name, inputs[name], cls.model_fields[name], values)
            for name in (inputs if only is None else only)
        ]

    @classmethod
    def entered(cls, state_values: Any, *, options: Options | None = None) -> dict[str, Any]:
        """Return what can be read of a form still being filled in: initial values for drawing it again."""
        return cls._answers(state_values, options)[0]

    @classmethod
    def read(cls, state_values: Any, *, options: Options | None = None) -> Self:
        """The form as submitted (`view.state.values`); raises FormErrors for all fields at once."""
        answers, unreadable = cls._answers(state_values, options)
        refused: dict[str, str] = {}
        try:
            form = cls.model_validate(answers)
        except ValidationError as invalid:
            refused = cls._refused(invalid, whole=not unreadable)
        # Raised out here: the traceback must not carry pydantic's error, which quotes what was entered.
        if unreadable or refused:
            raise FormErrors(refused | unreadable)
        return form

    @classmethod
    def error_at(cls, field: str | None, sentence: str) -> dict[str, str]:
        """The errors to answer a submission with: at the field, or at the first if there is no such field."""
        return {field if field in cls.model_fields else next(iter(cls.model_fields)): sentence}

    @classmethod
    def _inputs(cls, options: Options | None = None) -> dict[str, Input]:
        """The fields' inputs, with the options given at run time."""
        found = {name: asked for name, field in cls.model_fields.items() if (asked := _input(field))}
        for name, source in (options or {}).items():
            asked = found[name]
            if not isinstance(asked, OptionsInput):
                raise TypeError(f"{cls.__name__}.{name} takes no options")
            found[name] = replace(asked, options=source)
        return found

    @classmethod
    def _answers(cls, state_values: Any, options: Options | None) -> tuple[dict[str, Any], dict[str, str]]:
        """Return what was entered, by field, and a sentence for each answer that cannot be read."""
        answers: dict[str, Any] = {}
        unreadable: dict[str, str] = {}
        for name, asked in cls._inputs(options).items():
            field = cls.model_fields[name]
            state = _mapping(_mapping(_mapping(state_values).get(name)).get(asked.action_id))
            try:
                answer = asked.answer(state)
            except Unreadable as problem:
                unreadable[name] = str(problem)
                continue
            if answer is not None or (field.is_required() and _takes_none(field)):
                answers[name] = answer
        return answers, unreadable

    @classmethod
    def _refused(cls, invalid: ValidationError, *, whole: bool) -> dict[str, str]:
        """The first sentence for each field; what concerns the form as a whole only if all of it was read."""
        refused: dict[str, str] = {}
        inputs = cls._inputs()
        for error in invalid.errors(include_url=False, include_input=False):
            if error["loc"]:
                name = str(error["loc"][0])
                refused.setdefault(name, sentence(inputs[name], error))
            elif whole:
                raised = error.get("ctx", {}).get("error")
                at = raised.field if isinstance(raised, FieldError) else None
                refused |= cls.error_at(at, sentence(next(iter(inputs.values())), error))
        return refused


def _input(field: FieldInfo) -> Input | None:
    """The field's input: the last of several, so that a form can word an inherited field again."""
    return next((each for each in reversed(field.metadata) if isinstance(each, Input)), None)


def _takes_none(field: FieldInfo) -> bool:
    return NoneType in get_args(field.annotation)


def _drawn(name: str, asked: Input, field: FieldInfo, values: Mapping[str, Any]) -> kit.Block:
    default = None if field.default is PydanticUndefined else field.default
    return kit.input_block(
        asked.label,
        asked.element(values.get(name, default)),
        name,
        hint=asked.hint,
        optional=not field.is_required() or _takes_none(field) or isinstance(asked, CheckboxInput),
        dispatch=asked.dispatch,
    )


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}
