"""Outcome records of the figures, one small item for each episode."""
