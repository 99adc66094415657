"""Nothing of the screen's library, which Picamera2 imports for its preview on a screen, not used here."""

from unittest.mock import MagicMock

PixelFormat = MagicMock()
