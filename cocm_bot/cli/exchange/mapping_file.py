"""A mapping file: how the columns of a source are read, as YAML for a person to edit."""

from pathlib import Path

import yaml
from pydantic import ValidationError

from cocm_bot.cli.private_files import write_private
from cocm_bot.domain.errors import InvalidInput
from cocm_bot.domain.exchange.trackers.mapping import SourceMapping

_HEAD = """\
# How this file is read. Edit it, and give it with --mapping.
# header: the row of the headers, counted from 1; 0 leaves the sheet out.
# columns: what each column holds; `ignore` leaves it out.
# dates: mdy or dmy, for each column whose days can be read both ways; ? asks.
# people: whom the file means, as `MO: name@clinic.org`.
# as_of: the day (YYYY-MM-DD) of latest scores that the file gives no day for.
"""


def read_mapping(file: Path) -> SourceMapping:
    """Return the mapping of a file; raises InvalidInput with the place at fault."""
    try:
        held = yaml.safe_load(file.read_text("utf-8"))
        return SourceMapping.model_validate(held or {})
    except OSError as error:
        raise InvalidInput(f"The mapping can't be read: {error.strerror}.") from None
    except (yaml.YAMLError, UnicodeDecodeError):
        raise InvalidInput("The mapping is not valid YAML.") from None
    except ValidationError as invalid:
        first = invalid.errors(include_url=False, include_input=False)[0]
        at = ".".join(map(str, first["loc"]))
    raise InvalidInput(f"The mapping is wrong at {at or 'its top'}: {first['msg']}.")


def write_mapping(where: Path, mapping: SourceMapping) -> None:
    """Write a mapping for a person to edit."""
    held = mapping.model_dump(mode="json")
    text = yaml.safe_dump(held, allow_unicode=True, sort_keys=False)
    write_private(where, (_HEAD + text).encode())
