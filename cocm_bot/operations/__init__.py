"""People's actions in a registry: each operation takes an actor and an input and returns a result."""
