"""Text of every kind a person, a paste or a forger can put into a field."""

from hypothesis import strategies as st

STRANGE = [
    "",
    " ",
    "\n",
    "\n\n\t\r\n",
    "\x00\x1b[31m",
    "\u200b\u200d\ufeff",
    "\u202eevil",
    "\ud83d",
    "👩‍👩‍👧‍👦",
    "🏴󠁧󠁢󠁥󠁮󠁧󠁿",
    "🇳🇱🇧🇪",
    "e\u0301",
    "한국어",
    "\u1112\u1161\u11ab",
    "नमस्ते",
    "مرحبا بالعالم",
    "שלום",
    "漢字",
    "<!channel>",
    "<@U1|x>",
    "&amp;",
    "*a* _b_ ~c~ `d`",
    "> quote",
    ":fire:",
    "a@b.example",
    "https://example.org",
]

_SHORT = st.one_of(st.sampled_from(STRANGE), st.text(st.characters(), max_size=20))
TEXT = st.builds("".join, st.lists(_SHORT, max_size=4)) | st.builds(
    lambda text, times: text * times, _SHORT, st.sampled_from([2, 40, 300])
)
"""Any text in any script, long enough to be clipped everywhere."""
