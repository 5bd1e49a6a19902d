"""E-mail addresses compared: one form for every address, wherever it was written.

Two addresses are the same when mail to them goes to the same place: capitals, full-width letters and the way
a domain is written (Unicode or Punycode) don't matter. Everything else does: `maya+a@` is not `maya@`, and
letters that only look alike are different letters.
"""

import unicodedata

import idna


def normal_email(email: str) -> str:
    """Return the form by which addresses are stored and compared: NFKC, lower case, the domain in IDNA.

    Never raises: what is no address, or has a domain that IDNA forbids, equals only itself. Letters are not
    case-folded: `ß` would become `ss`, which is another mailbox.
    """
    local, at, domain = _lower(email.strip()).rpartition("@")
    return f"{local}{at}{_ascii(domain)}"


def _lower(text: str) -> str:
    # Lower case can make a sequence that NFKC composes: once more, so that doing it twice changes nothing.
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).lower()).strip()


def _ascii(domain: str) -> str:
    """Return the domain as DNS has it; a final dot says nothing."""
    try:
        return idna.encode(domain, uts46=True).decode("ascii").removesuffix(".")
    except idna.IDNAError:
        return domain
