"""A headless Chromium that takes pictures of pages, over its DevTools protocol.

CHROMIUM names the program where it is not in the path (`apt install chromium`).
"""

import base64
import itertools
import json
import os
import shutil
import subprocess
import urllib.request
from pathlib import Path

from websockets.sync.client import connect

from tests.publish.broker import until

PROGRAM = os.environ.get("CHROMIUM") or shutil.which("chromium") or ""
_OPTIONS = (
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--hide-scrollbars",
    "--remote-debugging-port=0",
)
_LARGEST = 1 << 26
KEYS = {"Tab": (9, ""), "Enter": (13, "\r"), "Space": (32, " "), "Escape": (27, "")}
"""Number and text of each key."""
STILL_N = 20
"""Equal pictures in a row that show a page at rest."""


class Browser:
    """One browser with one page of `size` pixels; a context manager."""

    def __init__(self, folder: Path, size: tuple[int, int]):
        self._folder, self._numbers, self.frames = folder, itertools.count(1), []
        folder.mkdir(parents=True)
        with (folder / "log").open("wb") as log:
            command = [PROGRAM, *_OPTIONS, f"--user-data-dir={folder}", "about:blank"]
            self._process = subprocess.Popen(command, stdout=log, stderr=log)
        self._line = connect(self._address(), max_size=_LARGEST)
        self.resize(size)

    def __enter__(self):
        """Return itself."""
        return self

    def __exit__(self, *_):
        """End the browser."""
        self._line.close()
        self._process.terminate()
        self._process.wait(30)

    def open(self, address, remember=None):
        """Show a page; `remember` is put into the store of its site before its scripts run."""
        for name, value in (remember or {}).items():
            source = f"localStorage.setItem({json.dumps(name)}, {json.dumps(value)})"
            self._ask("Page.enable", {})
            self._ask("Page.addScriptToEvaluateOnNewDocument", {"source": source})
        self._ask("Page.navigate", {"url": address})

    def text(self):
        """Return the words of the page, also those inside web components."""
        return self.run(_WORDS).get("value", "")

    def wait(self, *words, timeout_s=120.0):
        """Wait until the page shows all of these words; complain with what it shows."""
        try:
            until(lambda: all(word in self.text() for word in words), timeout_s)
        except AssertionError as error:
            raise AssertionError(f"expected {words}, got {self.text()[:2000]}") from error

    def resize(self, size):
        """Give the page this many pixels."""
        width, height = size
        metrics = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": False}
        self._ask("Emulation.setDeviceMetricsOverride", metrics)
        until(lambda: self.run("[innerWidth, innerHeight]").get("value") == [width, height])

    def prefer(self, scheme, motion="no-preference"):
        """Let pages see that the reader prefers `light` or `dark`, and whether to `reduce` motion."""
        wishes = {"prefers-color-scheme": scheme, "prefers-reduced-motion": motion}
        features = [{"name": name, "value": value} for name, value in wishes.items()]
        self._ask("Emulation.setEmulatedMedia", {"features": features})

    def live_in(self, zone):
        """Let pages see this time zone."""
        self._ask("Emulation.setTimezoneOverride", {"timezoneId": zone})

    def press(self, key, shift=False):
        """Press and release a key of `KEYS`."""
        number, text = KEYS[key]
        event = {"key": text.strip("\r") or key, "code": key, "windowsVirtualKeyCode": number}
        event |= {"modifiers": 8 * shift} | ({"text": text} if text else {})
        for kind in ("keyDown", "keyUp"):
            self._ask("Input.dispatchKeyEvent", event | {"type": kind})

    def held(self):
        """Return what the page holds once its garbage is collected: bytes of scripts, nodes of its tree."""
        self._ask("Performance.enable", {})
        self._ask("HeapProfiler.collectGarbage", {})
        figures = {one["name"]: one["value"] for one in self._ask("Performance.getMetrics", {})["metrics"]}
        return {"heap": figures["JSHeapUsedSize"], "nodes": figures["Nodes"]}

    def record(self):
        """Keep in `frames` what servers send over WebSockets from now on."""
        self._ask("Network.enable", {})

    def run(self, script):
        """Evaluate JavaScript in the page."""
        return self._ask("Runtime.evaluate", {"expression": script, "returnByValue": True})["result"]

    def picture(self, path):
        """Write what is shown as PNG, once nothing in it moves any more."""
        seen = []

        def rests():
            seen.append(self.snap())
            return len(seen) > STILL_N and len(set(seen[-STILL_N:])) == 1

        until(rests)
        path.write_bytes(seen[-1])

    def snap(self):
        """Return what is shown now as PNG."""
        return base64.b64decode(self._ask("Page.captureScreenshot", {"format": "png"})["data"])

    def pdf(self):
        """Return what the page prints, on A4."""
        paper = {"paperWidth": 8.27, "paperHeight": 11.69, "preferCSSPageSize": True}
        return base64.b64decode(self._ask("Page.printToPDF", paper)["data"])

    def _address(self):
        """Return the address of the page's protocol, once the browser listens."""
        port = self._folder / "DevToolsActivePort"
        until(lambda: port.exists() and port.read_text().count("\n"))
        with urllib.request.urlopen(f"http://127.0.0.1:{port.read_text().split()[0]}/json") as answer:
            return next(one["webSocketDebuggerUrl"] for one in json.load(answer) if one["type"] == "page")

    def _ask(self, method, parameters):
        number = next(self._numbers)
        self._line.send(json.dumps({"id": number, "method": method, "params": parameters}))
        while (answer := json.loads(self._line.recv(60))).get("id") != number:
            if answer.get("method") == "Network.webSocketFrameReceived":
                self.frames.append(answer["params"]["response"]["payloadData"])
        assert "error" not in answer, answer["error"]
        return answer["result"]


_WORDS = """
(function words(node) {
  let found = node.nodeType === Node.TEXT_NODE ? node.textContent + "\\n" : "";
  for (const child of [...(node.shadowRoot ? [node.shadowRoot] : []), ...node.childNodes]) {
    if (!["STYLE", "SCRIPT"].includes(child.nodeName)) found += words(child);
  }
  return found;
})(document.documentElement)
"""
