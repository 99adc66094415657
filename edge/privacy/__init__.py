"""What may run, what may be said, to whom."""

from edge.privacy.door import Privacy
from edge.privacy.state import SOURCES

__all__ = ["SOURCES", "Privacy"]
