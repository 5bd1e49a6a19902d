"""Find the physicians of a registry who answer for a patient: the treating one, or all of them."""

from collections.abc import Iterable, Sequence
from datetime import date

from cocm_bot.domain.members import RegistryUser
from cocm_bot.domain.records.agreements import Recommendation
from cocm_bot.domain.records.patient import Patient
from cocm_bot.domain.team.assignment import away, with_covers
from cocm_bot.domain.vocabulary import Role


def may_treat(member: RegistryUser) -> bool:
    """Return whether a member can be a patient's treating clinician."""
    return member.role is Role.PCP


def physicians_for(patient: Patient, members: Iterable[RegistryUser], day: date) -> list[RegistryUser]:
    """Return the physicians who answer for a patient on a local day.

    The treating clinician and their cover. All of the registry's where none is named, or the one named is
    not (or no longer) a member and a physician, or is away without cover.
    """
    physicians = [member for member in members if may_treat(member)]
    return _treating(patient, physicians, day) or physicians


def addressees(
    given: Recommendation, patient: Patient, members: Iterable[RegistryUser], day: date
) -> frozenset[str]:
    """Return the user ids of those a recommendation is for on a local day.

    Those it was addressed to and who covers them; the treating clinician, though named later; and every
    physician where a member was named as treating, and none of the physicians addressed is there to answer.
    """
    team = list(members)
    asked = with_covers(given.addressed_to, team, day)
    physicians = [member for member in team if may_treat(member)]
    clinician = patient.treating_clinician
    if clinician is None or clinician.user_id is None:
        return asked
    there = any(each.user_id in asked and not away(each, day) for each in physicians)
    more = _treating(patient, physicians, day) or ([] if there else physicians)
    return asked | {each.user_id for each in more}


def _treating(patient: Patient, physicians: Sequence[RegistryUser], day: date) -> list[RegistryUser]:
    """Return the treating clinician and their cover; nobody where none of them is there."""
    clinician = patient.treating_clinician
    named = clinician.user_id if clinician else None
    chain = with_covers([named] if named else [], physicians, day)
    treating = [each for each in physicians if each.user_id in chain]
    return treating if any(not away(each, day) for each in treating) else []
