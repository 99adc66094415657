"""What may run, and what may be published to whom."""

from edge.privacy.door import Door
from edge.privacy.state import SOURCES, PrivacyState

__all__ = ["SOURCES", "Door", "PrivacyState"]
