"""Model files: fetch, list, verify, make the standard variant (and, with the schema at hand, others)."""

from edge.models.fetch import fetch, locked, record, write
from edge.models.listing import ModelFile, listing, portrait
from edge.models.standard import gate, prepare

__all__ = [
    "ModelFile",
    "fetch",
    "gate",
    "listing",
    "locked",
    "portrait",
    "prepare",
    "record",
    "write",
]
