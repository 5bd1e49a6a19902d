"""The modal that edits what is known of a patient. Modals only: it shows what others changed."""

from collections.abc import Iterator, Mapping, Sequence

from cocm_bot.domain.members import Registry
from cocm_bot.domain.patients.merging import Meanwhile, Merged
from cocm_bot.domain.records.patient import Patient
from cocm_bot.slack.kit import Block, Payload, clip, context, escape, modal, section
from cocm_bot.slack.shared_views.identity import subject, withheld
from cocm_bot.slack.shared_views.lines.care_lines import clinician_text
from cocm_bot.slack.shared_views.lines.formatting import who

CALLBACK = "edit"
SHOWN = 100


def edit_view(
    patient: Patient, registry: Registry, inputs: Sequence[Block], memo: str, notice: Sequence[Block] = ()
) -> Payload:
    """The inputs, under what others changed meanwhile, if they did."""
    return modal(
        "Edit details",
        [context(subject(patient, registry)), *notice, *inputs],
        CALLBACK,
        submit="Save",
        close="Cancel",
        private_metadata=memo,
        draft=True,
    )


def overtaken(
    merged: Merged, names: Mapping[str, str], labels: Mapping[str, str], registry: Registry
) -> list[Block]:
    """Return who changed what while this was being edited, and what saving again does."""
    lines = "\n".join(f"⚠️ {line}" for line in _lines(merged.overtaken, names, labels, registry))
    asked = "What you typed is still here. Save again to put it in place of that, or cancel."
    kept = "\n".join(f"{line}. Saving keeps that." for line in _lines(merged.kept, names, labels, registry))
    return [section(f"{lines}\n{asked}"), *([context(kept)] if kept else [])]


def merged_line(
    merged: Merged, names: Mapping[str, str], labels: Mapping[str, str], registry: Registry
) -> str:
    """Return what others changed meanwhile that this edit left alone, for the line that says it was saved."""
    return "".join(f" {line}." for line in _lines(merged.kept, names, labels, registry))


def _lines(
    changes: Sequence[Meanwhile], names: Mapping[str, str], labels: Mapping[str, str], registry: Registry
) -> Iterator[str]:
    for each in changes:
        by, field = who(each.user_id, names), labels[each.field]
        if withheld(each.field, registry):
            yield f"*{by} changed {field} meanwhile*"
            continue
        before, after = _value(each, each.before, names), _value(each, each.after, names)
        yield f"*{by} changed {field} meanwhile:* {before} → {after}"


def _value(change: Meanwhile, text: str, names: Mapping[str, str]) -> str:
    if change.field == "treating_clinician":
        return clinician_text(text, names) or "nothing"
    return escape(clip(text, SHOWN)) or "nothing"
