"""The clock: what the bot says and does without being asked."""
