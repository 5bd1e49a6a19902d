"""The chart that Slack draws itself, two in a message: bars, lines or areas. Rolled out by and by."""

from collections.abc import Mapping, Sequence
from typing import Literal

from cocm_bot.slack.kit.text import Block, clip, one_line

ChartKind = Literal["bar", "line", "area"]

MOST_SERIES = 6
MOST_CATEGORIES = 20
LONGEST_CATEGORY = 20
LONGEST_CHART_TITLE = 50


def chart(
    kind: ChartKind, title: str, categories: Sequence[str], series: Mapping[str, Sequence[float]]
) -> Block:
    """A chart that Slack draws: two in a message at most, and never in a modal.

    At most six series of as many values as there are categories, at most twenty; raises ValueError for more.
    """
    if not 0 < len(series) <= MOST_SERIES or not 0 < len(categories) <= MOST_CATEGORIES:
        raise ValueError("a chart has 1 to 6 series over 1 to 20 categories")
    labels = [clip(one_line(each), LONGEST_CATEGORY) for each in categories]
    return {
        "type": "data_visualization",
        "title": clip(one_line(title), LONGEST_CHART_TITLE),
        "chart": {
            "type": kind,
            "series": [
                {
                    "name": clip(one_line(name), LONGEST_CATEGORY),
                    "data": [
                        {"label": label, "value": value} for label, value in zip(labels, values, strict=True)
                    ],
                }
                for name, values in series.items()
            ],
            "axis_config": {"categories": labels},
        },
    }
