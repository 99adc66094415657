"""The connection to the broker, and the courier that hands rows to it and takes acknowledgements back."""
