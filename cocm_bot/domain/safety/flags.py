"""The flags of a patient: one open of each type, and every one that was ever raised kept."""

from collections.abc import Collection

from cocm_bot.domain.errors import Conflict, InvalidInput
from cocm_bot.domain.records.course import PatientFlag
from cocm_bot.domain.records.patient import Patient
from cocm_bot.domain.vocabulary import GRAVEST_FIRST, Flag, Status

TYPES = "flag_types"
"""The field that is at fault when a flag can't be raised or resolved."""
UNDONE = "Undone: raised for several patients at once"
"""The reason a flag of a bulk change is resolved with when the change is undone."""
RESOLVED_ALREADY = "This flag was resolved already."
RAISED_AGAIN = "This flag was resolved already, and raised again since: the new one stays open."


def open_flags(patient: Patient) -> tuple[PatientFlag, ...]:
    """The flags that are not resolved, gravest first."""
    unresolved = (flag for flag in patient.flags if flag.resolved_date is None)
    return tuple(sorted(unresolved, key=lambda flag: GRAVEST_FIRST.index(flag.flag_type)))


def open_types(patient: Patient) -> tuple[Flag, ...]:
    """The types of the open flags, gravest first."""
    return tuple(dict.fromkeys(flag.flag_type for flag in open_flags(patient)))


def raisable(patient: Patient) -> tuple[Flag, ...]:
    """The types that can be raised now; none for a deactivated patient, whom no list would show."""
    if patient.status is Status.DEACTIVATED:
        return ()
    return tuple(flag for flag in GRAVEST_FIRST if flag not in open_types(patient))


def with_raised(
    patient: Patient,
    types: Collection[Flag],
    reason: str,
    by: str,
    at: float,
    *,
    raised_with: str | None = None,
) -> tuple[PatientFlag, ...]:
    """All flags once these are raised at an instant (seconds UTC); raises InvalidInput.

    `raised_with` is the part of a bulk change they are raised in, by which `with_taken_back` finds them.
    """
    if patient.status is Status.DEACTIVATED:
        raise InvalidInput("This patient is deactivated: reopen the record before raising a flag.", TYPES)
    if standing := [flag for flag in open_types(patient) if flag in types]:
        raise InvalidInput(f"{_named(standing)} open already: resolve it first, or choose another.", TYPES)
    return (
        *patient.flags,
        *(
            PatientFlag(
                flag_type=flag,
                created_by_provider_id=by,
                created_date=at,
                reason=reason,
                raised_with=raised_with,
            )
            for flag in GRAVEST_FIRST
            if flag in types
        ),
    )


def with_resolved(
    patient: Patient, types: Collection[Flag], reason: str, by: str, at: float
) -> tuple[PatientFlag, ...]:
    """All flags once the open ones of these types are resolved; raises InvalidInput when one is not open."""
    if settled := [flag for flag in GRAVEST_FIRST if flag in types and flag not in open_types(patient)]:
        them = "it" if len(settled) == 1 else "them"
        raise InvalidInput(
            f"{_named(settled)} no longer open: somebody resolved {them} in the meantime.", TYPES
        )
    return tuple(
        _resolved(flag, reason, by, at) if flag.resolved_date is None and flag.flag_type in types else flag
        for flag in patient.flags
    )


def with_taken_back(patient: Patient, raised_with: str, by: str, at: float) -> tuple[PatientFlag, ...]:
    """All flags once the one of a bulk change is resolved as undone; those raised since stay open.

    Raises Conflict where it is no longer open.
    """
    own = [flag for flag in patient.flags if flag.raised_with == raised_with]
    if not any(flag.resolved_date is None for flag in own):
        again = any(flag.flag_type in open_types(patient) for flag in own)
        raise Conflict(RAISED_AGAIN if again else RESOLVED_ALREADY)
    return tuple(
        _resolved(flag, UNDONE, by, at) if flag.resolved_date is None and flag in own else flag
        for flag in patient.flags
    )


def _resolved(flag: PatientFlag, reason: str, by: str, at: float) -> PatientFlag:
    resolved = {"resolved_by_provider_id": by, "resolved_date": at, "resolved_reason": reason}
    return flag.model_copy(update=resolved)


def _named(flags: list[Flag]) -> str:
    return f"{' and '.join(flags)} {'is' if len(flags) == 1 else 'are'}"
