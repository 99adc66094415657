"""Runtime, delegates and model files: everything between a path and a tensor."""
