"""Benches beside peers, one module a room, each with `run() -> dict`; not part of the installed package."""
