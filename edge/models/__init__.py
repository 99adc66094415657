"""Model files: fetch, list, verify (and, with the quantiser installed, build)."""

from edge.models.fetch import fetch, locked, record, write
from edge.models.listing import ModelFile, listing, portrait

__all__ = ["ModelFile", "fetch", "listing", "locked", "portrait", "record", "write"]
