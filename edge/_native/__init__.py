"""Compiled kernels, built from `native/*.pyx`; they know nothing of the rest of the package."""
