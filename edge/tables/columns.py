"""Parsed columns of a table, block after block."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self, TypeVar

import numpy as np
from numpy.typing import NDArray

from edge.arrays import Floats

T = TypeVar("T", bound=np.generic)


@dataclass(slots=True, kw_only=True)
class Columns:
    """Parsed columns of some rows."""

    lines: NDArray[np.int64]
    t_s: Floats | None
    person: NDArray[np.object_] | None
    frame: Floats | None
    success: NDArray[np.bool_] | None
    confidence: Floats | None
    values: Floats
    """[R, C] in the order of the layout's channels."""
    context: dict[str, Floats]

    @classmethod
    def joined(cls, pieces: Sequence[Self]) -> "Columns":
        """Put blocks one after the other."""
        return cls(
            lines=np.concatenate([one.lines for one in pieces]),
            t_s=_joined([one.t_s for one in pieces]),
            person=_joined([one.person for one in pieces]),
            frame=_joined([one.frame for one in pieces]),
            success=_joined([one.success for one in pieces]),
            confidence=_joined([one.confidence for one in pieces]),
            values=np.concatenate([one.values for one in pieces]),
            context={
                name: np.concatenate([one.context[name] for one in pieces]) for name in pieces[0].context
            },
        )


def _joined(pieces: Sequence[NDArray[T] | None]) -> NDArray[T] | None:
    """Put the blocks of one column together, if the table has it."""
    there = [one for one in pieces if one is not None]
    return np.concatenate(there) if there else None
