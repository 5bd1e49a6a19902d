"""Check a table that others may have written to, and repair what can be repaired without a guess.

A right table passes: whoever writes in the bot's own transactions leaves none of this behind. The bot may
go on meanwhile: what it changes is looked at again, and never written over.
"""

from cocm_bot.operations.checking.findings import FOR_A_PERSON, Finding, Kind
from cocm_bot.operations.checking.run import Checked, check, locate

__all__ = ["FOR_A_PERSON", "Checked", "Finding", "Kind", "check", "locate"]
