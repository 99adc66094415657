"""A study as `mimicry-edge study --out FILE.json` wrote it."""

import json
import math
from pathlib import Path

import numpy as np

from edge.errors import SignalsError, reading
from edge.plain import Json, broken
from edge.study.study import Held, Result, Study

NULLS = ("mu", "sd", "z", "p", "n")


def study_of(path: Path) -> Study | None:
    """Read a study; None if the file is something else.

    Raises
    ------
    SignalsError
        If the file cannot be read, or a study in it is not whole.
    """
    if not path.is_file():
        return None
    with reading(path, "file"), path.open(encoding="utf-8-sig") as file:
        if file.readline().strip() != "{":  # one object over many lines, no lines of objects
            return None
        file.seek(0)
        text = file.read()
    try:
        body = json.loads(text)
        dyads = tuple(_result(one) for one in body["dyads"])
        pairings = np.array(body["pairings"], dtype=float).reshape(len(dyads), len(dyads))
        return Study(dyads=dyads, all=_result(body["all"]), effect=_number(body["effect"]), pairings=pairings)
    except json.JSONDecodeError as error:
        raise SignalsError(f"expected the JSON of a study, got {broken(text, error)} at {path}") from error
    except (KeyError, TypeError, ValueError, RecursionError) as error:
        raise SignalsError(f"expected the JSON of a study, got {error!r:.80} at {path}") from error


def _result(row: Json) -> Result:
    within, between = (
        Held(**{key: _number(row[f"{name}_{key}"]) for key in NULLS[:-1]}, n=int(row[f"{name}_n"]))
        for name in ("within", "between")
    )
    return Result(
        name=str(row["dyad"]),
        value=_number(row["value"]),
        lag_s=_number(row["lag_s"]),
        seconds=_number(row["seconds"]),
        within=within,
        between=between,
    )


def _number(value: float | None) -> float:
    """Return a number, NaN of null."""
    return math.nan if value is None else float(value)
