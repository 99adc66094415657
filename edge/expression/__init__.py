"""Landmarks to action-unit signals, free of head pose, face size and personal offset; owns the channels."""

from edge.expression.channels import ACTIVE, CHANNELS, INDEX, TABLE, TIERS, Channel
from edge.expression.people import Expressions

__all__ = ["ACTIVE", "CHANNELS", "INDEX", "TABLE", "TIERS", "Channel", "Expressions"]
