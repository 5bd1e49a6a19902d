"""Assign patients: the care manager a patient is assigned to, and the cover of an absence."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date

from cocm_bot.domain.members import RegistryUser
from cocm_bot.domain.vocabulary import Role

InCharge = Mapping[str, frozenset[str]]
"""Care manager → everybody who looks after their patients on a day: themselves, and who covers them."""


def in_charge(members: Iterable[RegistryUser], day: date) -> InCharge:
    """Return who looks after whose patients on a local day.

    A care manager who is away without a cover is not among them: their patients count as nobody's, so
    that somebody sees them. Who covers somebody and is covered in turn passes both on.
    """
    managers = {member.user_id: member for member in members if member.role is Role.CARE_MANAGER}
    found: dict[str, frozenset[str]] = {}
    for user_id in managers:
        chain = [user_id, *_covers(user_id, managers, day)]
        if any(not away(managers[each], day) for each in chain):
            found[user_id] = frozenset(chain)
    return found


def with_covers(user_ids: Iterable[str], members: Iterable[RegistryUser], day: date) -> frozenset[str]:
    """These members, and the covers of those of them who are away on a local day."""
    team = {member.user_id: member for member in members}
    return frozenset(each for user_id in user_ids for each in (user_id, *_covers(user_id, team, day)))


def away(member: RegistryUser, day: date) -> bool:
    """Return whether a member is away on a local day; the first and the last day are included."""
    if member.cover_until is None:
        return False
    return (member.away_from or "") <= day.isoformat() <= member.cover_until


def next_away(member: RegistryUser, day: date) -> date | None:
    """Return the first day, from a local day on, on which a member is away."""
    if member.cover_until is None or member.cover_until < day.isoformat():
        return None
    return max(day, date.fromisoformat(member.away_from)) if member.away_from else day


def stand_in(member: RegistryUser, team: Mapping[str, RegistryUser], day: date) -> RegistryUser | None:
    """Return who covers a member on a local day; nobody while they are not away. `team` is by user id.

    Who left meanwhile, or has another role by now, covers nobody: they may not see patients at all.
    """
    cover = team.get(member.covered_by or "") if away(member, day) else None
    return cover if cover and cover.role is member.role else None


def unassigned(care_manager: str | None, charge: InCharge) -> bool:
    """Return whether nobody looks after a patient: assigned to nobody, or to somebody who is no longer
    here.
    """
    return care_manager is None or care_manager not in charge


def concerns(care_manager: str | None, user_id: str, charge: InCharge) -> bool:
    """Return whether a patient is among a care manager's own; a patient of nobody is everybody's."""
    return care_manager is None or care_manager not in charge or user_id in charge[care_manager]


def _covers(user_id: str, members: Mapping[str, RegistryUser], day: date) -> Iterator[str]:
    """Yield who covers a member, who covers that one in turn, and so on."""
    seen = {user_id}
    member = members.get(user_id)
    while member and (member := stand_in(member, members, day)) and member.user_id not in seen:
        yield member.user_id
        seen.add(member.user_id)
