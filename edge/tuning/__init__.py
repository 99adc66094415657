"""Measuring variants of the mesh on this machine, so that `models build` installs what keeps its promise."""
