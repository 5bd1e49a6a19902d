"""What people do with a registry: each operation takes an actor and an input and returns a result."""
