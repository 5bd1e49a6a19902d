"""Read what a damaged record still shows: enough to bring a safety risk to somebody."""

from collections.abc import Iterable, Mapping

from cocm_bot.domain.vocabulary import Flag, Status

FLAG_ATTRIBUTES = ("patient_flag", "flag")
"""The attributes that hold the gravest open flag; older systems wrote the second."""


def says_risk(stored: Mapping[str, object]) -> bool:
    """Return whether anything readable of a record says that a safety risk is open.

    `stored` is the record's attributes as plain values, any of which may be missing or of any type. One sign
    is enough: a false alarm costs a look, a missed one may cost a life. A record that says that its patient
    left the program is no risk.
    """
    if stored.get("status") == Status.DEACTIVATED:
        return False
    return (
        any(stored.get(name) == Flag.SAFETY_RISK for name in FLAG_ATTRIBUTES)
        or Flag.SAFETY_RISK in _strings(_mapping(stored.get("course")).get("open_flags"))
        or any(_open_risk(each) for each in _mappings(stored.get("flags")))
        or any(_untaken(each) for each in _mappings(stored.get("alerts")))
    )


def _open_risk(flag: Mapping[str, object]) -> bool:
    return flag.get("flag_type") == Flag.SAFETY_RISK and not flag.get("resolved_date")


def _untaken(alert: Mapping[str, object]) -> bool:
    return bool(alert.get("raised_by")) and not (alert.get("taken_by") or alert.get("over_at"))


def _mapping(value: object) -> Mapping[str, object]:
    return value if isinstance(value, Mapping) else {}


def _mappings(value: object) -> Iterable[Mapping[str, object]]:
    return [each for each in value if isinstance(each, Mapping)] if isinstance(value, list) else []


def _strings(value: object) -> set[str]:
    return (
        {each for each in value if isinstance(each, str)}
        if isinstance(value, Mapping | list | set)
        else set()
    )
