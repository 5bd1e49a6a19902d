"""The topics of the catalogue's items, for copying answers from a filled-in form.

The topics are this project's own words: a form's own sentences belong to the form.
"""

DAYS = ("not at all", "several days", "more than half the days", "nearly every day")
"""The scale printed on the form itself: who copies from it must find the same words."""
STRENGTH = ("none", "a little", "medium", "much", "very much")
AS_PRINTED = ("", "", "", "")
"""Each item has answers of its own: the points printed beside the one that was chosen."""

SELF_HARM = "Thoughts of self-harm"
"""The self-harm item of a measure that has no topics."""

PHQ_2 = ("Interest and joy", "Low mood")

PHQ_9 = (
    *PHQ_2,
    "Sleep",
    "Energy",
    "Appetite",
    "Self-worth",
    "Concentration",
    "Slowed down or restless",
    "Thoughts of death or self-harm",
)

GAD_7 = (
    "Nervousness",
    "Control over worry",
    "Worry about many things",
    "Trouble relaxing",
    "Restlessness",
    "Irritability",
    "Sense of dread",
)

AUDIT_C = ("How often alcohol", "How many drinks", "How often six or more")

ISI = (
    "Falling asleep",
    "Staying asleep",
    "Waking too early",
    "Dissatisfaction with sleep",
    "Visible to others",
    "Distress about sleep",
    "Effect on the day",
)

EPDS = (
    "Laughing",
    "Looking forward",
    "Self-blame",
    "Anxious without cause",
    "Panic",
    "Overwhelmed",
    "Sleepless from unhappiness",
    "Sadness",
    "Crying",
    "Thoughts of self-harm",
)

PCL_5 = (
    "Intrusive memories",
    "Nightmares",
    "Flashbacks",
    "Upset by reminders",
    "Bodily reactions to reminders",
    "Avoids thoughts and feelings",
    "Avoids outside reminders",
    "Gaps in memory",
    "Negative beliefs",
    "Blame",
    "Fear, anger, guilt or shame",
    "Loss of interest",
    "Distance from others",
    "No good feelings",
    "Angry outbursts",
    "Risk taking",
    "On guard",
    "Easily startled",
    "Concentration",
    "Sleep",
)

DIFFICULTY = ("No difficulty", "Some difficulty", "Much difficulty", "Hardly possible")
"""The answers on how hard the problems make daily life; asked beside PHQ-9 and GAD-7, outside the total."""
