"""The modals that choose a registry's measures and define its own."""

from collections.abc import Sequence

from cocm_bot.domain.access import Actor
from cocm_bot.domain.measures.catalogue import Measure
from cocm_bot.domain.measures.definition import measure_key
from cocm_bot.slack.kit import (
    Block,
    Payload,
    actions,
    button,
    context,
    escape,
    modal,
    option,
    section,
    select,
)

CHOOSE = "measures-choose"
DEFINE = "measures-define"
DEFINED = "measures-defined"
LINES = "measures-lines"
LINES_SET = "measures-lines-set"


def measures_view(
    actor: Actor, asked: Sequence[Measure], inputs: Sequence[Block], memo: str, banner: str = ""
) -> Payload:
    """Return what a contact asks for now, and the choice."""
    lines = "\n".join(f"• {measure_line(measure)}" for measure in asked)
    return modal(
        "Measures",
        [
            *([section(f"✅ {escape(banner)}")] if banner else []),
            section(f"*Asked for at every contact in {escape(actor.registry.name)}*\n{lines}"),
            *inputs,
            actions(
                button("Define a measure of our own", DEFINE),
                select(
                    LINES,
                    [option(measure.name, measure_key(measure.name)) for measure in asked],
                    placeholder="Lines of a measure…",
                ),
            ),
            context("Scores already recorded are kept. What is due is recalculated for every patient."),
        ],
        CHOOSE,
        submit="Save",
        private_metadata=memo,
    )


def define_view(inputs: Sequence[Block], memo: str) -> Payload:
    """The definition of a measure."""
    told = "A definition with the name of one of your own measures takes its place."
    return modal(
        "Define a measure",
        [section(told), *inputs],
        DEFINED,
        submit="Save",
        close="Cancel",
        private_metadata=memo,
    )


def lines_view(measure: Measure, inputs: Sequence[Block], memo: str) -> Payload:
    """The lines a measure is read by."""
    side = "lower" if measure.higher_is_worse else "higher"
    told = f"*{escape(measure.name)}*  {measure.minimum:g}–{measure.maximum:g}, {side} is better."
    return modal(
        "Lines of a measure",
        [
            section(told),
            *inputs,
            context("Only a measure that decides is looked at for what is due, improved or in remission."),
        ],
        LINES_SET,
        submit="Save",
        close="Cancel",
        private_metadata=memo,
    )


def measure_line(measure: Measure) -> str:
    """A measure with its range, bands and lines."""
    worse = "" if measure.higher_is_worse else ", higher is better"
    bands = ", ".join(f"{band.start:g} {escape(band.word)}" for band in measure.bands)
    side = "below" if measure.higher_is_worse else "above"
    lines = [
        f"{word} {side} {line:g}"
        for word, line in (("improved", measure.improved_below), ("remission", measure.remission_below))
        if line is not None
    ]
    if measure.self_harm_item is not None:
        lines.append(f"item {measure.self_harm_item} asks about self-harm (0–{measure.most_self_harm})")
    if measure.meaningful_change is not None:
        lines.append(f"worse by {measure.meaningful_change:g}")
    if not measure.outcome:
        lines.append("only screens")
    parts = [f"{measure.minimum:g}–{measure.maximum:g}{worse}", bands, *lines]
    return f"*{escape(measure.name)}*  {' · '.join(filter(None, parts))}"
