"""The words that trackers use for statuses, contacts, visits, flags and consent."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from cocm_bot.domain.exchange.notes import NoteKind
from cocm_bot.domain.exchange.trackers.values import Read
from cocm_bot.domain.records.agreements import ConsentKind, DeactivationReason
from cocm_bot.domain.vocabulary import ContactType, EntryType, Flag, Status, VisitType, WorkKind


@dataclass(frozen=True)
class Standing:
    """The meaning of a status column: a status, or (None) just that the patient is in the program."""

    status: Status | None
    reason: DeactivationReason | None = None
    note: str = ""


def plain(text: str) -> str:
    """Return a text's letters and digits in lower case, everything else as single spaces."""
    return " ".join(re.sub(r"[^\w]+|_", " ", text.casefold()).split())


_LEFT = Status.DEACTIVATED
_STATUSES: Sequence[tuple[str, Standing]] = (
    (r"graduat|complet|success", Standing(_LEFT, DeactivationReason.GRADUATED)),
    (r"\blost\b|\bltfu\b|unable to (reach|contact)|no contact", Standing(_LEFT, DeactivationReason.LOST)),
    (r"declin|refus|opted? out|withdr", Standing(_LEFT, DeactivationReason.DECLINED)),
    (r"\bmoved\b|relocat", Standing(_LEFT, DeactivationReason.MOVED)),
    (r"deceased|died|death", Standing(_LEFT, DeactivationReason.DIED)),
    (r"hospice|palliative", Standing(_LEFT, DeactivationReason.HOSPICE)),
    (r"nursing home|long term care|\bsnf\b", Standing(_LEFT, DeactivationReason.NURSING_HOME)),
    (r"referred (out|on|to)|transfer|higher level", Standing(_LEFT, DeactivationReason.REFERRED)),
    (r"\brpp?\b|relapse|maintenance", Standing(Status.RELAPSE_PREVENTION)),
    (
        r"\bd c\b|\bdc\b|discharg|inactive|deactivat|closed|dropped|ended|disenroll",
        Standing(_LEFT, DeactivationReason.OTHER),
    ),
    (r"\benroll?ed\b|\breferred\b|\breferral\b|\bnew\b|\bpending\b|wait", Standing(Status.ENROLLED)),
    (r"\bactive\b", Standing(None)),
    (r"treatment|\btx\b|\bt\b", Standing(Status.TREATMENT)),
)
_HELD = re.compile(r"hold|pause")


def standing(text: str) -> Read[Standing]:
    """Return what a status means; for unknown words, that the patient is in the program."""
    words = plain(text)
    if not words:
        return Read(Standing(None), NoteKind.ASSUMED, "no status: taken as in the program")
    if _HELD.search(words):
        return Read(Standing(None), NoteKind.ASSUMED, "on hold: taken as in the program")
    for pattern, found in _STATUSES:
        if re.search(pattern, words):
            return _told(found, text)
    return Read(Standing(None), NoteKind.ASKED, "an unknown status: taken as in the program")


def _told(found: Standing, text: str) -> Read[Standing]:
    said = f"{found.status}: {found.reason}" if found.reason else str(found.status or "in the program")
    if found.status is not None and found.reason is None and text == found.status:
        return Read(found)
    if found.reason is DeactivationReason.OTHER and not found.note:
        found = Standing(found.status, found.reason, text)
    return Read(found, NoteKind.CHANGED, f"taken as {said}")


_CONTACTS: Sequence[tuple[str, EntryType]] = (
    (r"relapse|\brpp?\b", ContactType.RELAPSE_PREVENTION),
    (r"consult|case review|\bscr\b|psychiatr", ContactType.CONSULTATION),
    (r"coordinat|collateral|charting", WorkKind.CARE_COORDINATION),
    (r"outreach|attempt|voicemail|\bvm\b", WorkKind.OUTREACH),
    (r"initial|intake|\bia\b|assessment|\beval|enroll?ment", ContactType.INITIAL_ASSESSMENT),
    (r"follow ?up|\bf u\b|\bfu\b|session|visit|check in|contact|treatment", ContactType.FOLLOW_UP),
)


def contact_type(text: str) -> Read[EntryType]:
    """Return what a contact was for; of words nobody knows a follow-up, with a question."""
    words = plain(text)
    for pattern, found in _CONTACTS:
        if re.search(pattern, words):
            same = words == plain(found)
            return Read(found, None if same else NoteKind.CHANGED, "" if same else f"taken as {found}")
    return Read(ContactType.FOLLOW_UP, NoteKind.ASKED, "an unknown type of contact: taken as Follow Up")


_VISITS: Sequence[tuple[str, VisitType]] = (
    (r"home", VisitType.HOME_VISIT),
    (r"group", VisitType.GROUP),
    (r"video|zoom|teams|doxy", VisitType.VIDEO),
    (r"tele ?health|virtual|tele ?medicine|tele ?visit", VisitType.TELEHEALTH),
    (r"phone|\bcall\b|\btel\b", VisitType.PHONE),
    (r"in ?person|face to face|\bf2f\b", VisitType.IN_PERSON),
    (r"clinic|office|on ?site", VisitType.CLINIC),
)


def visit_type(text: str) -> Read[VisitType]:
    """Return how a contact took place; None, with a question, for words nobody knows."""
    words = plain(text)
    if not words:
        return Read(None)
    for pattern, found in _VISITS:
        if re.search(pattern, words):
            same = words == plain(found)
            return Read(found, None if same else NoteKind.CHANGED, "" if same else f"taken as {found}")
    return Read(None, NoteKind.ASKED, "an unknown type of visit: not taken")


_FLAGS: Sequence[tuple[str, Flag]] = (
    (r"safety|suicid|\bsi\b|self harm|\brisk\b", Flag.SAFETY_RISK),
    (r"psych|review|consult", Flag.REVIEW),
    (r"discuss|talk|attention", Flag.NEEDS_DISCUSSION),
)


def flags(text: str) -> Read[tuple[Flag, ...]]:
    """Return the flags that a cell names, several of them apart by `,`, `;`, `/` or a line."""
    found: list[Flag] = []
    for part in filter(None, map(plain, re.split(r"[,;/\n|]|\band\b", text))):
        flag = next((flag for pattern, flag in _FLAGS if re.search(pattern, part)), None)
        if flag is None:
            return Read(tuple(found), NoteKind.ASKED, "an unknown flag: not taken")
        found.append(flag)
    same = [plain(flag) for flag in found] == [plain(text)]
    told = "" if same else f"taken as {', '.join(found)}"
    return Read(tuple(dict.fromkeys(found)), NoteKind.CHANGED if told else None, told)


def consent_kind(text: str) -> tuple[ConsentKind, bool]:
    """Return how consent was given, and whether the text says so: verbal where it does not."""
    words = plain(text)
    if "writ" in words or "signed" in words:
        return ConsentKind.WRITTEN, True
    return ConsentKind.VERBAL, "verbal" in words or "oral" in words
