"""Headless Chromium driven over its DevTools protocol: as much of it as the tests of the page need."""

from __future__ import annotations

import json
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

from websockets.sync.client import ClientConnection, connect

FLAGS = [
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
    "--disable-extensions",
    "--mute-audio",
    "--use-fake-device-for-media-stream",
    "--use-fake-ui-for-media-stream",
    "--remote-debugging-port=0",
]


def executable() -> str | None:
    """Return where Chromium is, or None."""
    return next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)


@dataclass
class Tab:
    """One page; events are kept by method as they come in."""

    socket: ClientConnection
    events: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    number: int = 0

    def call(self, method: str, **params: Any) -> dict[str, Any]:
        """Return the result of a command."""
        self.number += 1
        self.socket.send(json.dumps({"id": self.number, "method": method, "params": params}))
        while True:
            message = self._receive()
            if message.get("id") == self.number:
                assert "error" not in message, f"{method}: {message['error']}"
                result: dict[str, Any] = message["result"]
                return result

    def _receive(self) -> dict[str, Any]:
        message: dict[str, Any] = json.loads(self.socket.recv(timeout=20))
        if "method" in message:
            self.events.setdefault(message["method"], []).append(message["params"])
        return message

    def evaluate(self, expression: str) -> Any:
        """Return the value of a JavaScript expression; a promise is awaited."""
        result = self.call("Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True)
        assert "exceptionDetails" not in result, result["exceptionDetails"]
        return result["result"].get("value")

    def wait(self, expression: str, *, limit_s: float = 15) -> Any:
        """Return the value of an expression as soon as it is true."""
        until_s = time.monotonic() + limit_s
        while not (value := self.evaluate(expression)):
            assert time.monotonic() < until_s, f"never true: {expression}; the page says: {self.text()}"
            time.sleep(0.03)
        return value

    def text(self) -> str:
        """Return what the page says."""
        return str(self.evaluate("document.body.innerText"))

    def choose_file(self, selector: str, path: Path) -> None:
        """Choose a file in an input, as a user does."""
        root = self.call("DOM.getDocument")["root"]["nodeId"]
        node = self.call("DOM.querySelector", nodeId=root, selector=selector)["nodeId"]
        self.call("DOM.setFileInputFiles", nodeId=node, files=[str(path)])

    def answers(self) -> list[dict[str, Any]]:
        """Return the `frame` messages that the page has received, as the browser saw them."""
        received = self.events.get("Network.webSocketFrameReceived", [])
        messages = (json.loads(event["response"]["payloadData"]) for event in received)
        return [message for message in messages if message["type"] == "frame"]

    def complaints(self) -> list[Any]:
        """Return uncaught errors and what the browser logged as an error: broken CSP included."""
        logged = [event["entry"] for event in self.events.get("Log.entryAdded", [])]
        console = self.events.get("Runtime.consoleAPICalled", [])
        return [
            *self.events.get("Runtime.exceptionThrown", []),
            *(entry for entry in logged if entry["level"] in ("error", "warning")),
            *(call for call in console if call["type"] in ("error", "warning", "assert")),
        ]


@dataclass
class Chromium:
    """A running browser."""

    port: int

    @contextmanager
    def tab(self, url: str, *, before: Callable[[Tab], None] | None = None) -> Iterator[Tab]:
        """Open a page and close it again.

        Args:
            url: What to open.
            before: Called with the still empty tab, to set it up.
        """
        request = Request(f"http://127.0.0.1:{self.port}/json/new?about:blank", method="PUT")
        with urlopen(request, timeout=10) as answer:
            target = json.load(answer)
        with connect(target["webSocketDebuggerUrl"], max_size=None) as socket:
            tab = Tab(socket)
            for domain in ("Page", "Runtime", "Log", "Network", "DOM"):
                tab.call(f"{domain}.enable")
            if before is not None:
                before(tab)
            tab.call("Page.navigate", url=url)
            tab.wait("document.readyState === 'complete'")
            yield tab
        urlopen(f"http://127.0.0.1:{self.port}/json/close/{target['id']}", timeout=10).close()


@contextmanager
def running(profile: Path) -> Iterator[Chromium]:
    """Run a headless Chromium with a new profile.

    Raises:
        RuntimeError: if it does not start.
    """
    command = [executable() or "chromium", *FLAGS, f"--user-data-dir={profile}", "about:blank"]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        try:
            yield Chromium(_port(profile / "DevToolsActivePort", process))
        finally:
            process.terminate()
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()


def _port(file: Path, process: subprocess.Popen[bytes]) -> int:
    """Return the port that the browser has written down."""
    until_s = time.monotonic() + 30
    while time.monotonic() < until_s and process.poll() is None:
        if file.exists() and (lines := file.read_text().splitlines()):
            return int(lines[0])
        time.sleep(0.05)
    raise RuntimeError(f"Chromium did not start (exit status {process.poll()})")
