"""A device that counts aloud until it is killed: `python -m tests.chaos.device PORT FOLDER RATE`."""

import sys
import threading
import time
from pathlib import Path

from edge.publish import Publisher
from tests.publish.conftest import section


def main(port, folder, rate_hz):
    """Go on counting where the last run stopped."""
    book = Path(folder, "produced")
    number = len(book.read_bytes()) // 9 if book.exists() else 0
    publisher = Publisher(section(port, keepalive_s=5), Path(folder), muted=False)
    publisher.start()
    rest, start_s, first = threading.Event(), time.monotonic(), number
    with book.open("ab", buffering=0) as out:
        while True:
            publisher.publish_event(
                {"profile": "workplace", "type": "update", "id": f"{number:08d}", "t_s": 0.0}
            )
            out.write(f"{number:08d}\n".encode())
            number += 1
            rest.wait(max(0.0, start_s + (number - first) / rate_hz - time.monotonic()))


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2], float(sys.argv[3]))
