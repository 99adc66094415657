"""Benches, one module a room, each with `run() -> dict`; the command `bench` calls them."""
