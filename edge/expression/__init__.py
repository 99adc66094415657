"""Landmarks to action-unit signals, free of head pose, face size and personal offset; owns the channels."""

from edge.expression.channels import ACTIVE, INDEX, TABLE, TIERS, Channel
from edge.expression.people import Expressions
from edge.records import CHANNELS

__all__ = ["ACTIVE", "CHANNELS", "INDEX", "TABLE", "TIERS", "Channel", "Expressions"]
