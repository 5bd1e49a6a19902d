"""For whom a screen was drawn: in which role, and whether as an admin. It outlives neither."""

from dataclasses import dataclass

from cocm_bot.domain.access import Action, may
from cocm_bot.domain.vocabulary import Role

ADMIN = "+admin"


@dataclass(frozen=True)
class Reader:
    """The role in which a member sees a screen, and whether they are an admin."""

    role: Role
    is_admin: bool

    @property
    def code(self) -> str:
        """A short word for it in ids, like `CARE_MANAGER+admin`."""
        return f"{self.role.name}{ADMIN if self.is_admin else ''}"

    @classmethod
    def of_code(cls, code: str) -> "Reader | None":
        """Return the readers a word means; None for a word that is none of ours."""
        name = code.removesuffix(ADMIN)
        return cls(Role[name], code.endswith(ADMIN)) if name in Role.__members__ else None


def lost_rights(drawn_for: Reader, now: Reader | None) -> bool:
    """Return whether a window drawn for one reader is out of date for who they are now; None is no member
    at all.

    Who became an admin loses nothing by it, and what they are typing stays good.
    """
    return now is None or drawn_for.role is not now.role or (drawn_for.is_admin and not now.is_admin)


def may_keep(drawn_for: Reader, now: Reader | None) -> bool:
    """Return whether a message drawn for one reader may stay with who they are now.

    A clinician sees patients by their role, so that their messages outlive being an admin; who had a message
    as an admin alone does not keep it.
    """
    if now is None or drawn_for.role is not now.role:
        return False
    return now.is_admin or not drawn_for.is_admin or may(now.role, Action.VIEW_PATIENT)
