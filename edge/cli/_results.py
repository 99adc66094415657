"""Results as files: one tidy row a measure and subject as CSV or Parquet, the full objects as JSON."""

import csv
import importlib
import io
import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from edge.errors import SignalsError, writing
from edge.files import Draft
from edge.outputs import STANDARD, write_text
from edge.plain import Json

COLUMNS = (
    *(
        "file",
        "measure",
        "who",
        "leader",
        "follower",
        "start_s",
        "end_s",
        "value",
        "unit",
        "null_mu",
        "null_sd",
    ),
    *(
        "z",
        "p",
        "p_tail",
        "evidence",
        "n",
        "coverage",
        "confidence",
        "state",
        "lag_s",
        "lag_low_s",
        "lag_high_s",
    ),
    *("missing", "version", "command", "hash", "seed", "surrogates"),
)
ENDINGS = (".json", ".csv", ".tsv", ".parquet")

Label = Callable[[int], str]


def check_ending(out: Path | None) -> None:
    """Refuse an ending that no format has, and Parquet without its library."""
    if out is None or out == STANDARD:
        return
    if out.suffix.lower() not in ENDINGS:
        raise SignalsError(f"expected an ending of {', '.join(ENDINGS)}, got {out.suffix or 'none'} at {out}")
    if out.suffix.lower() == ".parquet":
        _parquet()


def rows(bodies: Sequence[Json], origin: Mapping[str, object], label: Label) -> list[dict[str, object]]:
    """Return one flat row for each measure and subject."""
    return [_row(one, origin, label) for one in bodies]


def write(out: Path | None, bodies: Sequence[Json], origin: Mapping[str, object], label: Label) -> None:
    """Write results in the format of the file's ending; JSON to standard output."""
    ending = ".json" if out is None or out == STANDARD else out.suffix.lower()
    if ending == ".json":
        write_text(out, json.dumps(bodies, indent=1, allow_nan=False) + "\n")
    elif ending == ".parquet":
        assert out is not None
        _write_parquet(out, rows(bodies, origin, label))
    else:
        write_text(out, text(rows(bodies, origin, label), "\t" if ending == ".tsv" else ","))


def text(found: Sequence[Mapping[str, object]], delimiter: str = ",") -> str:
    """Return rows as separated values, empty where there is nothing."""
    file = io.StringIO()
    table = csv.DictWriter(file, COLUMNS, delimiter=delimiter, lineterminator="\n", restval="")
    table.writeheader()
    for row in found:
        table.writerow({name: "" if value is None else value for name, value in row.items()})
    return file.getvalue()


def _row(one: Json, origin: Mapping[str, object], label: Label) -> dict[str, object]:
    who = [label(person) for person in one["subject"]]
    null, extra = one["null"] or {}, one["extra"]
    pair = {"leader": who[0], "follower": who[1]} if len(who) == 2 else {}
    missing = "; ".join(
        f"{label(int(person))}: {reason} {share:.3g}"
        for person, shares in one["missing"].items()
        for reason, share in shares.items()
    )
    return {
        **dict.fromkeys(COLUMNS),
        **origin,
        **pair,
        "measure": one["name"],
        "who": " ".join(who) or "room",
        "start_s": one["over_s"][0],
        "end_s": one["over_s"][1],
        "null_mu": null.get("mu"),
        "null_sd": null.get("sd"),
        "missing": missing or None,
        **{name: extra.get(name) for name in ("z", "p_tail", "lag_low_s", "lag_high_s")},
        **{name: one[name] for name in ("value", "unit", "p", "evidence", "n", "coverage", "confidence")},
        **{name: one[name] for name in ("state", "lag_s")},
    }


def _parquet() -> tuple[Callable[..., object], Callable[..., object]]:
    """Return what makes and writes a table of Parquet."""
    try:
        arrow = importlib.import_module("pyarrow")
        parquet = importlib.import_module("pyarrow.parquet")
    except ImportError as error:
        raise SignalsError(
            "expected the package pyarrow for .parquet, got none: pip install pyarrow"
        ) from error
    return arrow.Table.from_pylist, parquet.write_table


def _write_parquet(out: Path, found: list[dict[str, object]]) -> None:
    """Write rows; what is missing is null."""
    make, write_table = _parquet()
    with writing(out, SignalsError), Draft(out) as part:
        write_table(make(found), part)
