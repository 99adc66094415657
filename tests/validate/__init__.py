"""Validation of the measures: `python -m tests.validate` prints the tables and writes docs/measures.md."""
