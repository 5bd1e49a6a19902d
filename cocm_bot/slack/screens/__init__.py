"""Pure functions that draw results as Block Kit."""
