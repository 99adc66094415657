"""Validation of the measures: `python -m tests.validate` prints the tables and writes docs/measures.md."""

import os

# Before NumPy is loaded, as the service does: small products of matrices lose by threads.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
