"""`python -m edge COMMAND` is `mimicry-edge COMMAND`."""

import sys

from edge.cli import main

if __name__ == "__main__":
    sys.exit(main())
