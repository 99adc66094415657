"""Who and what of a table is looked at: people, channels, numbers that are one person, names, spans."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from edge.errors import SignalsError
from edge.tables.table import Table


def chosen(
    table: Table,
    *,
    people: Sequence[int | str] = (),
    channels: Sequence[str] = (),
    same: Mapping[int | str, int | str] | None = None,
    names: Mapping[int | str, str] | None = None,
) -> Table:
    """Return the part of a table that was asked for; the first channel carries the verdicts.

    `same` maps a number to the earlier number of the same person, `names` a number to a name.

    Raises
    ------
    SignalsError
        If nobody, or no channel, is called so, or two numbers of one person are there at once.
    """
    for later, first in (same or {}).items():
        table = _joined(table, table.number(later), table.number(first))
    if names:
        table = replace(table, names=table.names | {table.number(one): name for one, name in names.items()})
    if people:
        wanted = [table.number(one) for one in people]
        table = rows(table, np.isin(table.person, wanted))
    return _channels(table, channels) if channels else table


def rows(table: Table, kept: NDArray[np.bool_]) -> Table:
    """Return some of the rows."""
    there = set(np.unique(table.person[kept]).tolist())
    return replace(
        table,
        t_s=table.t_s[kept],
        frame=table.frame[kept],
        person=table.person[kept],
        values=table.values[kept],
        context={name: column[kept] for name, column in table.context.items()},
        names={one: name for one, name in table.names.items() if one in there},
    )


def _channels(table: Table, channels: Sequence[str]) -> Table:
    for name in channels:
        if name not in table.channels:
            known = ", ".join(table.channels[:24])
            raise SignalsError(f"expected a channel of {known}, got {name!r}")
    at = [table.channels.index(name) for name in channels]
    return replace(table, channels=tuple(channels), values=table.values[:, at])


def _joined(table: Table, later: int, first: int) -> Table:
    """Give the rows of one number another's."""
    twice = np.intersect1d(table.t_s[table.person == later], table.t_s[table.person == first])
    if twice.size or later == first:
        where = f"at {twice[0]:g} s" if twice.size else "as one number"
        raise SignalsError(f"expected two numbers of one person, got both {first} and {later} {where}")
    person = np.where(table.person == later, first, table.person)
    names = {one: name for one, name in table.names.items() if one != later}
    return replace(table, person=person, names=names)
