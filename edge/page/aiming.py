"""Aiming in a browser: the page of one such session on this device, fed by its reports; never a picture."""

from collections.abc import Iterator
from contextlib import contextmanager

from nicegui import Client, ui

from edge.page import aim
from edge.page.shown import Shown
from edge.page.site import Site, serving
from edge.page.where import Where
from edge.plain import Json


class AimPage:
    """The page of one session; `say` may be called by another thread than the one that serves."""

    def __init__(self) -> None:
        self._report: Json = {}

    def say(self, report: Json) -> None:
        """Show this report from now on."""
        self._report = report

    @contextmanager
    def serving(self, where: Where) -> Iterator[None]:
        """Serve beside the caller, and a moment longer."""
        site = Site(set, lambda: None)

        def page(client: Client) -> None:
            self._build(site.begin(client))

        ui.page("/", title="Aim")(page)
        with serving(site, where):
            yield

    def _build(self, shown: Shown) -> None:
        with ui.element("div").classes("page aim"):
            shown.part(lambda: aim.head(self._report), every_s=0.5)
            shown.part(lambda: aim.cameras(self._report), every_s=0.5)
