"""YAML to one frozen `Config`; every error names file, line, key path, value and expectation.

`load(path)` and `parse(text)` raise one ConfigError that lists every problem; `show` prints the effective
configuration with secrets masked; `changes` and `apply_live` decide what a reload may swap.
"""

from edge.config._load import DEFAULT_PATH, load, parse, require_hub, require_service
from edge.config._secrets import mask
from edge.config._show import apply_live, changes, dump, engine, show
from edge.config.sections import Config

__all__ = [
    "DEFAULT_PATH",
    "Config",
    "apply_live",
    "changes",
    "dump",
    "engine",
    "load",
    "mask",
    "parse",
    "require_hub",
    "require_service",
    "show",
]
