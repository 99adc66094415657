"""A device that counts aloud until it is killed: `python -m tests.chaos.device PORT FOLDER RATE`.

Every result goes through the disk, also those that are acknowledged at once; what a commit has made durable
is noted in a file when it returns.
"""

import sys
import threading
import time
from pathlib import Path

from edge.publish import Publisher
from edge.publish.delivery.pace import Pace
from edge.publish.durable.spool import Spool
from tests.publish.broker import until
from tests.publish.conftest import section

ID = b'"id":"'
LEAD = 16  # results ahead of the disk: what a kill can take, however slow the machine


def _note_commits(path):
    """Make every commit note the numbers of its results."""
    commit = Spool.commit

    def noted(self, new, done):
        commit(self, new, done)
        found = [(row.body, row.body.find(ID) + len(ID)) for row in new if ID in row.body]
        with path.open("ab") as out:
            out.write(b"".join(body[at : at + 8] + b"\n" for body, at in found))

    Spool.commit = noted


def main(port, folder, rate_hz):
    """Go on counting where the last run stopped."""
    _note_commits(Path(folder, "committed"))
    book = Path(folder, "produced")
    number = len(book.read_bytes()) // 9 if book.exists() else 0
    publisher = Publisher(section(port, keepalive_s=5), Path(folder), muted=False, pace=Pace(batch_s=0.0))
    publisher.start()
    rest, start_s, first = threading.Event(), time.monotonic(), number
    with book.open("ab", buffering=0) as out:
        while True:
            until(lambda: publisher.queued < LEAD)
            publisher.publish_event(
                {"profile": "workplace", "type": "update", "id": f"{number:08d}", "t_s": 0.0}
            )
            out.write(f"{number:08d}\n".encode())
            number += 1
            rest.wait(max(0.0, start_s + (number - first) / rate_hz - time.monotonic()))


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2], float(sys.argv[3]))
