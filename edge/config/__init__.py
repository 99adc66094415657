"""YAML to one frozen `Config`; every error names line, key path, value and expectation."""

from edge.config.sections import Config

__all__ = ["Config"]
