"""The Picamera2 adapter on the real Picamera2 and libcamera, with a camera that plays films."""
