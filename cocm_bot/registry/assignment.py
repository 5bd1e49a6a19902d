"""Whose patients are whose: the care manager a patient is assigned to, and who covers an absence."""

from collections.abc import Iterable, Mapping
from datetime import date

from cocm_bot.registry.team import RegistryUser
from cocm_bot.registry.vocabulary import Role

InCharge = Mapping[str, frozenset[str]]
"""Care manager → everybody who looks after their patients on a day: themselves, and who covers them."""


def in_charge(members: Iterable[RegistryUser], day: date) -> InCharge:
    """Who looks after whose patients on a local day.

    A care manager whose cover left the team is not among them: their patients count as nobody's, so that
    somebody sees them. Who covers somebody and is covered in turn passes both on.
    """
    managers = {member.user_id: member for member in members if member.role is Role.CARE_MANAGER}
    found: dict[str, frozenset[str]] = {}
    for user_id in managers:
        chain = [user_id]
        while (cover := covered_by(managers[chain[-1]], day)) in managers and cover not in chain:
            chain.append(cover)
        if cover is None or cover in managers:
            found[user_id] = frozenset(chain)
    return found


def covered_by(member: RegistryUser, day: date) -> str | None:
    """Who covers a member on a local day, if anybody; the last day is included."""
    until = member.cover_until
    return member.covered_by if until is not None and day.isoformat() <= until else None


def unassigned(care_manager: str | None, charge: InCharge) -> bool:
    """Whether nobody looks after a patient: assigned to nobody, or to somebody who is no longer here."""
    return care_manager is None or care_manager not in charge


def concerns(care_manager: str | None, user_id: str, charge: InCharge) -> bool:
    """Whether a patient is among a care manager's own; a patient of nobody is everybody's."""
    return care_manager is None or care_manager not in charge or user_id in charge[care_manager]
