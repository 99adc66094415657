"""What the building sees and asks: topics, UDMI, Home Assistant, metrics, the desk for requests."""
