"""The link from a patient's card to the clinic's health record system: a template the registry sets."""

from urllib.parse import quote, urlsplit

PLACE = "{id}"
"""The template's placeholder for the patient's id in the health record."""
LONGEST_TEMPLATE = 200
LONGEST_ID = 100
_REFUSED = frozenset("<>|\"'`\\^{}")


def wrong_template(template: str) -> str | None:
    """Return what is wrong with a template, as a sentence; None for one that can be used, or an empty one."""
    if not template:
        return None
    rest = template.replace(PLACE, "")
    if len(template) > LONGEST_TEMPLATE:
        return f"Enter at most {LONGEST_TEMPLATE} characters."
    if template.count(PLACE) != 1:
        return f"Write {PLACE} once, where the patient's id belongs: https://ehr.example.org/chart/{PLACE}"
    if not all(" " < character < "\x7f" for character in rest) or _REFUSED & set(rest):
        return "Enter a web address without spaces, quotes or brackets."
    return _wrong_host(template)


def _wrong_host(template: str) -> str | None:
    try:
        parts = urlsplit(template)
        # Reading the port raises ValueError for one that is none.
        host, _ = parts.hostname, parts.port
    except ValueError:
        parts, host = urlsplit(""), None
    if not template.startswith("https://") or not host or "@" in parts.netloc:
        return "Enter an address that begins with https:// and a host, without a user name."
    return f"{PLACE} may not be in the name of the host." if PLACE in parts.netloc else None


def ehr_link(template: str, ehr_id: str) -> str | None:
    """Return the address of a patient's record; None without a template or an id.

    The id is escaped as a whole, so that it can lead to no other host or page.
    """
    if not template or not ehr_id or wrong_template(template):
        return None
    return template.replace(PLACE, quote(ehr_id, safe=""))
