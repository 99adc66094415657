"""The alerts in a file, so that who has taken note of what outlives the page; whole or as before."""

import json
from dataclasses import asdict
from pathlib import Path

from edge.errors import PublishError, writing
from edge.files import write_whole
from edge.page.alerts import KINDS, Alert, Alerts
from edge.plain import Json

NAME = "alerts.json"


class Notes:
    """One folder, for one page at a time; without one nothing is kept."""

    def __init__(self, folder: Path | None) -> None:
        self._file = folder / NAME if folder else None
        self._written = 0
        self.trouble = ""
        """Why nothing is kept; empty while it is, or while nothing shall be."""

    @property
    def kept(self) -> bool:
        """Whether there is a folder."""
        return self._file is not None

    def read(self) -> Alerts:
        """Return the alerts as they were; PublishError says what cannot be read."""
        if self._file is None:
            return Alerts()
        try:
            self._file.parent.mkdir(parents=True, exist_ok=True)
            text = self._file.read_text(encoding="utf-8") if self._file.exists() else "[]"
            return Alerts([_alert(one) for one in json.loads(text)])
        except (OSError, ValueError, TypeError, KeyError, RecursionError) as error:
            text = f"expected a list of alerts, got {error} at {self._file}: move the file away"
            raise PublishError(text) from error

    def write(self, alerts: Alerts) -> None:
        """Write them, if they have changed; `trouble` names why that failed."""
        revision, rows = alerts.revision, [asdict(one) for one in list(alerts.rows.values())]
        if self._file is None or revision == self._written:
            return
        try:
            with writing(self._file, PublishError):
                write_whole(self._file, json.dumps(rows, indent=1), durable=True)
        except PublishError as error:
            self.trouble = str(error)
            return
        self._written, self.trouble = revision, ""


def _alert(one: Json) -> Alert:
    base, kind, detail, by = (one[name] for name in ("base", "kind", "detail", "by"))
    if not all(isinstance(text, str) for text in (base, detail, by)) or kind not in KINDS:
        raise ValueError(str(one)[:100])
    return Alert(base, kind, detail, float(one["since_s"]), by, float(one["at_s"]))
