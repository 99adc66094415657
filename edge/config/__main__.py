"""Write the complete commented configuration: `python -m edge.config > firmware_configs/default.yaml`."""

import sys

from edge.config._document import document

sys.stdout.write(document())
