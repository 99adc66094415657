"""The same requests found by coverage: Atheris follows the branches of our parsers and of JSON's.

In an environment of its own (`pip install atheris` beside the package's needs):

    python -m tests.chaos.guided -runs=1000000

Any exception, any effect of a refused message and any unknown form stops it with the input.
"""

import sys
import tempfile
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["edge", "json", "tests.chaos.fuzz"]):
    from tests.chaos.fuzz import SEEDS, TOPICS, Target


def main():
    """Feed what Atheris invents: one byte for topic and retain flag, the rest is the payload."""
    folder = tempfile.TemporaryDirectory(dir="/dev/shm")
    target = Target(Path(folder.name))

    def one(data):
        head = data[0] if data else 0
        target.feed(TOPICS[head % len(TOPICS)], data[1:], retained=head >= 192)

    corpus = Path(folder.name, "corpus")
    corpus.mkdir()
    for number, (topic, seeds) in enumerate(SEEDS.items()):
        for at, seed in enumerate(seeds):
            (corpus / f"{number}-{at}").write_bytes(bytes([TOPICS.index(topic)]) + seed)
    atheris.Setup([sys.argv[0], "-max_len=4096", *sys.argv[1:], str(corpus)], one)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
