"""`python -m edge COMMAND` is `mimicry-edge COMMAND`."""

import sys

from edge.cli import main

sys.exit(main())
