"""The face mesh's landmarks that more than one module knows by number."""

LANDMARKS_N = 468
"""Landmarks of a mesh."""
OUTER_CANTHI = (33, 263)
"""Outer corners of the right and the left eye, as the person has them."""
