"""The questions that a file leaves, as a form: order of days, columns, people, sheets, encoding, a day."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Annotated, Any, NamedTuple

from pydantic import create_model

from cocm_bot.domain.exchange.trackers.columns import OF_MEASURES, UNKNOWN, Field
from cocm_bot.domain.exchange.trackers.dates import DayOrder
from cocm_bot.domain.exchange.trackers.mapping import ASK, SourceMapping
from cocm_bot.operations.exchange.files import MOST_QUESTIONS
from cocm_bot.slack.forms import Choice, DateInput, Form, MultiSelectInput, RadioInput, SelectInput
from cocm_bot.slack.forms.input import Input
from cocm_bot.slack.kit import Block, Payload, clip, modal, section
from cocm_bot.store.exchange.files import ImportFile

CALLBACK = "import-answers"
TITLE = "About your file"
ORDERS = (
    Choice(str(DayOrder.MONTH_FIRST), "Month first: 3/4 is March 4"),
    Choice(str(DayOrder.DAY_FIRST), "Day first: 3/4 is 3 April"),
)
LABEL = 140


class _Column(NamedTuple):
    """One column of a sheet."""

    sheet: str
    letter: str
    header: str


def questions_view(
    file: ImportFile, memo: str, members: Mapping[str, str], measures: Sequence[str]
) -> Payload:
    """Return the form, filled in with what was found; `members` are the team by user id."""
    inputs: list[Block] = _form(file, members, measures).blocks(_found(file))
    told = "I read the file again with your answers, and report again. What you leave empty stays a question."
    return modal(TITLE, [section(told), *inputs], CALLBACK, submit="Read again", private_metadata=memo)


def answered(
    file: ImportFile, answers: Any, members: Mapping[str, str], measures: Sequence[str]
) -> tuple[SourceMapping, str]:
    """Return the mapping and the encoding that the answers say; raises FormErrors."""
    entered = _form(file, members, measures).read(answers).model_dump()
    mapping = SourceMapping.model_validate(file.mapping)
    sheets = {name: each.model_copy(deep=True) for name, each in mapping.sheets.items()}
    for number, column in enumerate(_undated(mapping, file)):
        if order := entered[f"order_{number}"]:
            sheets[column.sheet].dates[column.letter] = order
    for number, column in enumerate(_unknown(mapping, file)):
        if held := entered[f"column_{number}"]:
            sheets[column.sheet].columns[column.letter] = held
    read = entered.get("sheets") or [name for name, each in sheets.items() if each.header]
    kept = {
        name: each if name in read else each.model_copy(update={"header": 0}) for name, each in sheets.items()
    }
    said = {
        called: entered[f"person_{number}"]
        for number, called in enumerate(file.people)
        if entered[f"person_{number}"]
    }
    changes = {"sheets": kept, "people": mapping.people | said, "as_of": entered["as_of"] or mapping.as_of}
    return mapping.model_copy(update=changes), entered.get("encoding") or file.encoding


def _form(file: ImportFile, members: Mapping[str, str], measures: Sequence[str]) -> type[Form]:
    mapping = SourceMapping.model_validate(file.mapping)
    fields: dict[str, Any] = {}
    if len(file.encodings) > 1:
        readings = [Choice(each, each) for each in file.encodings]
        fields["encoding"] = _optional(RadioInput("Encoding: look at a name with accents", options=readings))
    if len(headed := _headed(mapping)) > 1:
        asked = MultiSelectInput("Sheets to read", options=headed)
        fields["sheets"] = (Annotated[tuple[str, ...], asked], ...)
    for number, column in enumerate(_undated(mapping, file)):
        fields[f"order_{number}"] = _optional(RadioInput(_label("Days in", column), options=ORDERS))
    held = _fields(measures)
    for number, column in enumerate(_unknown(mapping, file)):
        hint = "Leave it empty if the registry needs none of it."
        asked_for = SelectInput(_label("What holds", column), options=held, hint=hint)
        fields[f"column_{number}"] = _optional(asked_for)
    team = [Choice(user_id, name) for user_id, name in members.items()]
    for number, called in enumerate(file.people):
        who = SelectInput(clip(f"Who is “{called}”?", LABEL), options=team, hint="Empty keeps the name.")
        fields[f"person_{number}"] = _optional(who)
    day = DateInput("The day of latest scores that have no day", hint="Leave it empty to take none of them.")
    fields["as_of"] = (Annotated[date | None, day], None)
    return create_model("ImportForm", __base__=Form, **fields)


def _optional(asked: Input) -> Any:
    return Annotated[str | None, asked], None


def _found(file: ImportFile) -> dict[str, Any]:
    """Return what was found or answered before, as the form takes it."""
    mapping = SourceMapping.model_validate(file.mapping)
    said = {f"person_{number}": mapping.people.get(called) for number, called in enumerate(file.people)}
    encoding = file.encoding or next(iter(file.encodings), None)
    return {"sheets": tuple(_headed(mapping)), "encoding": encoding, "as_of": mapping.as_of, **said}


def _headed(mapping: SourceMapping) -> list[str]:
    return [name for name, each in mapping.sheets.items() if each.header][:100]


def _undated(mapping: SourceMapping, file: ImportFile) -> list[_Column]:
    """Return the columns whose days can be read both ways."""
    return [column for column, order in _columns(mapping, file, "dates") if order == ASK][:MOST_QUESTIONS]


def _unknown(mapping: SourceMapping, file: ImportFile) -> list[_Column]:
    """Return the columns with a header that says nothing the bot knows."""
    found = _columns(mapping, file, "columns")
    return [column for column, held in found if held == str(UNKNOWN) and column.header][:MOST_QUESTIONS]


def _columns(mapping: SourceMapping, file: ImportFile, kind: str) -> Iterator[tuple[_Column, str]]:
    for sheet, each in mapping.sheets.items():
        headers = file.headers.get(sheet, {})
        for letter, told in getattr(each, kind).items():
            yield _Column(sheet, letter, headers.get(letter, "")), told


def _fields(measures: Sequence[str]) -> list[Choice]:
    """Return what a column can hold, as many as a menu shows."""
    plain = [each for each in Field if each not in OF_MEASURES and each is not Field.IGNORED]
    alone = [Choice(str(each), each.replace("_", " ")) for each in plain]
    of_measures = [f"{name}: {each}" for name in measures for each in (Field.SCORE, *_PAIRS)]
    return [*alone, *(Choice(each, each) for each in of_measures)][:100]


_PAIRS = (Field.FIRST_SCORE, Field.FIRST_DATE, Field.LAST_SCORE, Field.LAST_DATE)


def _label(what: str, column: _Column) -> str:
    named = f"“{column.header}” ({column.letter})" if column.header else f"column {column.letter}"
    return clip(f"{what} {named} of {column.sheet}", LABEL)
