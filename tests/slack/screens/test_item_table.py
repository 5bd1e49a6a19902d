"""The answers of the last measures on the card: a column for each item, the self-harm item marked."""

from cocm_bot.domain.records.history import TreatmentLog
from cocm_bot.domain.records.patient import Patient
from cocm_bot.slack.shared_views.item_table import item_tables
from tests.domain import build


def answered(when: str, *answers: int) -> TreatmentLog:
    log = build.follow_up(when, PHQ9=sum(answers))
    return log.model_copy(update={"answers": {"PHQ-9": answers}, "self_harm": {"PHQ-9": answers[-1]}})


def with_logs(*logs: TreatmentLog) -> Patient:
    return build.patient().model_copy(update={"treatment_logs": logs})


def texts(patient: Patient) -> list[str]:
    blocks = item_tables(patient, build.policy())
    return [block["text"]["text"] if "text" in block else block["elements"][0]["text"] for block in blocks]


def test_nine_columns_the_latest_first_and_the_self_harm_item_marked() -> None:
    logs = (
        build.assessment("2026-02-02", PHQ9=18).model_copy(update={"self_harm": {"PHQ-9": 1}}),
        answered("2026-02-16", 2, 1, 3, 2, 0, 1, 1, 1, 0),
        answered("2026-03-09", 2, 2, 3, 2, 1, 2, 2, 1, 2),
        build.follow_up("2026-03-10"),
    )
    table, topics = texts(with_logs(*logs))
    assert table.splitlines() == [
        "```PHQ-9       1 2 3 4 5 6 7 8[9]",
        "9 Mar    17 2 2 3 2 1 2 2 1[2] 🔴",
        "16 Feb   11 2 1 3 2 0 1 1 1[0]",
        "2 Feb    18 · · · · · · · ·[1] 🔴```",
    ]
    assert topics.startswith("1 Interest and joy · 2 Low mood · 3 Sleep")
    assert topics.endswith("*9 Thoughts of death or self-harm*")


def test_totals_alone_make_no_table() -> None:
    assert texts(with_logs(build.assessment("2026-02-02", PHQ9=18))) == []
    assert texts(with_logs()) == []
