"""What a Collaborative Care registry is: records and rules. Pure: no I/O, no clock, no Slack."""
