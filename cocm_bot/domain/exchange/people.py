"""Find the member a source means: by address, by name, by initials; of two who fit neither."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from cocm_bot.domain.addresses import normal_email
from cocm_bot.domain.exchange.notes import Note, NoteKind, Place
from cocm_bot.domain.exchange.trackers.words import plain
from cocm_bot.domain.fields import folded
from cocm_bot.domain.members import RegistryUser
from cocm_bot.domain.people import full_name

_TITLES = frozenset({"dr", "md", "mr", "mrs", "ms", "lcsw", "rn", "np", "phd", "prof"})


@dataclass
class Team:
    """The members of the registry, as a source may call them.

    `emails` has the members' addresses by user id, `said` what a mapping file says of whom.
    """

    members: Sequence[RegistryUser]
    emails: Mapping[str, str] = field(default_factory=dict)
    said: Mapping[str, str] = field(default_factory=dict)
    unknown: Counter[str] = field(default_factory=Counter)
    """The words that mean nobody for sure, with how often each was met."""
    known: dict[str, str] = field(default_factory=dict)
    """The words that were taken for a member, with that member's name."""

    def member(self, called: str) -> RegistryUser | None:
        """Return whom a word means; None, counted, where it is nobody for sure."""
        if not called:
            return None
        wanted = self.said.get(called) or called
        found = [each for each in self.members if self._is(each, wanted)]
        if len(found) != 1:
            self.unknown[called] += 1
            return None
        self.known[called] = full_name(found[0])
        return found[0]

    def notes(self, sheet: str) -> Iterable[Note]:
        """Return a question for each word that means nobody for sure, and whom the others were taken for."""
        for called, times in sorted(self.unknown.items()):
            why = "nobody of the team for sure: kept as a name; `people` in the mapping says who"
            yield Note(NoteKind.ASKED, Place(sheet), "provider", called, why, f"{times} ×")
        for called, name in sorted(self.known.items()):
            if called != name:
                yield Note(NoteKind.CHANGED, Place(sheet), "provider", called, "taken for a member", name)

    def _is(self, member: RegistryUser, called: str) -> bool:
        email = self.emails.get(member.user_id, "")
        if called == member.user_id or ("@" in called and normal_email(called) == normal_email(email)):
            return True
        first, last = plain(folded(member.first_name)), plain(folded(member.last_name))
        words = [word for word in plain(folded(called)).split() if word not in _TITLES]
        initials = f"{first[:1]}{last[:1]}"
        forms = {f"{first} {last}", f"{last} {first}", f"{first[:1]} {last}", last, initials}
        return bool(words) and (" ".join(words) in forms or "".join(words) == initials)
