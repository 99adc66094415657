"""JSON as it leaves the device: compact, UTF-8, NaN and infinities as null, NumPy numbers as numbers."""

import json
import math
from collections.abc import Mapping

import numpy as np


def plain(value: object) -> object:
    """Return the value as JSON types; not finite is None."""
    if isinstance(value, np.generic):
        value = value.item()
    if value is None or isinstance(value, bool | int | str):
        return value
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, np.ndarray | list | tuple):
        return [plain(item) for item in value]
    raise TypeError(f"expected a JSON value, got {type(value).__name__}")


def encode(body: Mapping[str, object]) -> bytes:
    """Return the object as compact JSON."""
    return json.dumps(plain(body), ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode()
