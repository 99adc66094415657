"""Benches beside peers, one file for each, all with `run() -> dict`; not part of the installed package."""
