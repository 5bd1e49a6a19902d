"""The patients who are counted in one figure, by handle."""

from collections import Counter
from collections.abc import Iterator, Sequence

from cocm_bot.domain.access import Actor
from cocm_bot.operations.figures.counted import Counted
from cocm_bot.slack.figures.figures_view import WHO_TITLE
from cocm_bot.slack.kit import Block, Payload, actions, context, escape, modal, option, section, select
from cocm_bot.slack.runtime.memo import Memo
from cocm_bot.slack.shared_views.list_lines import registry_line

COUNTED = "figures-counted-figure"
IN_A_SECTION = 250
"""Handles in one section: it holds 3,000 characters."""


class CountedMemo(Memo):
    """The state of the list: the period and whose patients, as they are typed."""

    words: str = ""


def counted_view(actor: Actor, found: Counted, words: str) -> Payload:
    """The handles of a figure: those it holds for, the others it is of, and those not measured."""
    options = [option(name, name) for name in found.names]
    chosen = next(each for each, name in zip(options, found.names, strict=True) if name == found.name)
    tally = found.tally
    missed = list((Counter(tally.whole) - Counter(tally.part)).elements())
    blocks = [
        section(f"*{found.period.told}*{found.told and f': {escape(found.told)}'}"),
        actions(select(COUNTED, options, initial=chosen)),
        context("\n".join(escape(line) for line in found.definition)),
        *_listed(f"{found.name}: {tally.share.told}", tally.part),
        *(_listed("The others", missed) if missed else ()),
        *(_listed("Not measured", tally.unmeasured) if tally.unmeasured else ()),
        context("`/cocm patient` and a handle opens a patient. ×2 is counted in two months or episodes."),
        registry_line(actor),
    ]
    return modal(WHO_TITLE, blocks, "figures-counted", private_metadata=CountedMemo(words=words).packed())


def _listed(title: str, handles: Sequence[str]) -> Iterator[Block]:
    told = [
        f"{handle} ×{times}" if times > 1 else handle for handle, times in sorted(Counter(handles).items())
    ]
    for first in range(0, max(len(told), 1), IN_A_SECTION):
        head = f"*{title}*\n" if not first else ""
        yield section(f"{head}{' · '.join(told[first : first + IN_A_SECTION]) or 'Nobody'}")
