"""All that a process of the simulations reads before its first request, read once: whoever is forked has it.

The server that forks them imports this when it starts, in the simulation's environment.
"""

import gc
from functools import cache
from unittest import mock

from cocm_bot.slack.runtime.client.connections import machine_trust
from cocm_bot.store.table import client as client_module

mock.patch.object(client_module, "_session", cache(client_module._session)).start()
client_module.connect(max_connections=1)
machine_trust()
# It stays to the end of whoever is forked: to look for garbage in it would copy its pages, too.
gc.set_threshold(100_000, 50, 100)
gc.freeze()
