"""The records and rules of a Collaborative Care registry. Pure: no I/O, no clock, no Slack."""
