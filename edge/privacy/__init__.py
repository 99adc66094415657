"""What may run, what may be said, to whom."""

from edge.privacy.door import Door
from edge.privacy.state import SOURCES, PrivacyState

__all__ = ["SOURCES", "Door", "PrivacyState"]
