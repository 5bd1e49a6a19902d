"""All that a process of the simulations reads before its first request, read once: whoever is forked has it.

The server that forks them imports this when it starts, in the simulation's environment.
"""

from cocm_bot.store.table.client import connect

connect(max_connections=1)
