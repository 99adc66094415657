"""Commissioning: what each seat gives the camera, and what to change; nothing of it is published."""

from edge.aim.session import Aim

__all__ = ["Aim"]
