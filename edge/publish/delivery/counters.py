"""What became of publications since the start."""

from dataclasses import dataclass


@dataclass(slots=True)
class Counters:
    """Only ever rise."""

    acked: int = 0
    no_subscribers: int = 0
    refused: int = 0
    rebuilt: int = 0
    overflowed: int = 0
    live_sent: int = 0
    live_dropped: int = 0
