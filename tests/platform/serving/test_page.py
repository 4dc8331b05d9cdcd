"""The page in headless Chromium against the running endpoint: what is drawn is what the server said."""

from __future__ import annotations

import base64
import importlib.util
import io
import json
import socket
import sys
import threading
from collections.abc import Iterator
from contextlib import closing, suppress
from pathlib import Path
from types import ModuleType
from typing import Any
from urllib.parse import urlsplit
from urllib.request import Request, urlopen

import numpy as np
import pytest
from PIL import Image

from mot_platform.video.overlay import track_color
from mot_platform.video.writer import VideoWriter

STATE = "document.getElementById('connection').textContent"
NOTICE = "document.getElementById('notice').innerText"
ROW_IDS = "[...document.querySelectorAll('[data-track-id]')].map((row) => Number(row.dataset.trackId))"
# Read from a copy: Chromium warns of a canvas that is read again and again.
PIXELS = """const stage = document.getElementById('stage');
  const canvas = document.getElementById('picture');
  const copy = new OffscreenCanvas(canvas.width, canvas.height).getContext('2d', {willReadFrequently: true});
  copy.drawImage(canvas, 0, 0);
  const {data} = copy.getImageData(0, 0, canvas.width, canvas.height);"""
# One evaluation is atomic in the page: no frame is drawn between reading the number and the pixels.
SHOWN = f"""(() => {{
  if (!document.getElementById('stage').dataset.seq) return null;
  {PIXELS}
  const green = [];
  for (let i = 1; i < data.length; i += 4 * 7) green.push(data[i]);
  return [Number(stage.dataset.seq), green.sort((a, b) => a - b)[green.length >> 1]];
}})()"""


def _load(name: str) -> ModuleType:
    """Import a module beside this file."""
    spec = importlib.util.spec_from_file_location(name, Path(__file__).parent / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


chromium = _load("chromium")


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """Return a headless Chromium, or skip the test."""
    if chromium.executable() is None:
        pytest.skip("no Chromium on this machine; Debian: apt-get install chromium")
    with chromium.running(tmp_path_factory.mktemp("chromium")) as running:
        yield running


def write_ramp(path: Path, *, num_frames: int) -> Path:
    """Write a video of 10 frames a second in which each frame is a little brighter than the one before."""
    with VideoWriter(path, (160, 96), 10.0) as writer:
        for level in np.linspace(40, 220, num_frames).astype(np.uint8):
            writer.write(np.full((96, 160, 3), level, np.uint8))
    return path


@pytest.fixture(scope="module")
def short_video(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a video of 2.5 s."""
    return write_ramp(tmp_path_factory.mktemp("short") / "short.mp4", num_frames=25)


@pytest.fixture(scope="module")
def long_video(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a video that outlasts every test."""
    return write_ramp(tmp_path_factory.mktemp("long") / "long.mp4", num_frames=300)


class Link:
    """A TCP relay to the endpoint that can be cut."""

    def __init__(self, endpoint: str) -> None:
        self.target = (urlsplit(endpoint).hostname, urlsplit(endpoint).port)
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self.listener.getsockname()[1]}"
        self.up = True
        self.ends: list[socket.socket] = []
        self.relays: list[threading.Thread] = []
        self.accepting = threading.Thread(target=self._accept)
        self.accepting.start()

    def cut(self) -> None:
        """Break every connection and refuse new ones."""
        self.up = False
        for end in self.ends:
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
        for relay in self.relays:
            relay.join()
        for end in self.ends:
            end.close()
        self.ends.clear()
        self.relays.clear()

    def mend(self) -> None:
        """Take connections again."""
        self.up = True

    def close(self) -> None:
        """Stop for good."""
        self.listener.shutdown(socket.SHUT_RDWR)
        self.accepting.join()
        self.listener.close()
        self.cut()

    def _accept(self) -> None:
        with suppress(OSError):  # the listener is shut down
            while True:
                near, _ = self.listener.accept()
                if not self.up:
                    near.close()
                    continue
                far = socket.create_connection(self.target)
                self.ends += [near, far]
                for pair in ((near, far), (far, near)):
                    relay = threading.Thread(target=_relay, args=pair)
                    self.relays.append(relay)
                    relay.start()


def _relay(source: socket.socket, sink: socket.socket) -> None:
    """Carry bytes until one side ends, then end both."""
    with suppress(OSError):
        while data := source.recv(1 << 16):
            sink.sendall(data)
    for end in (source, sink):
        with suppress(OSError):
            end.shutdown(socket.SHUT_RDWR)


@pytest.fixture
def link(endpoint: str) -> Iterator[Link]:
    """Return a relay to the endpoint."""
    with closing(Link(endpoint)) as relay:
        yield relay


def sent_frames(tab: Any) -> dict[int, tuple[dict[str, Any], Image.Image]]:
    """Return what the page sent, by `seq`: what it said of the frame, and the picture."""
    frames, about = {}, {}
    for event in tab.events.get("Network.webSocketFrameSent", []):
        opcode, data = event["response"]["opcode"], event["response"]["payloadData"]
        if opcode == 1:
            about = json.loads(data)
        elif opcode == 2:
            frames[about["seq"]] = (about, Image.open(io.BytesIO(base64.b64decode(data))))
    return frames


def test_a_file_plays_and_each_answer_is_drawn_on_its_own_frame(
    browser: Any, endpoint: str, short_video: Path
) -> None:
    with browser.tab(endpoint) as tab:
        tab.wait(f"{STATE} === 'Ready'")
        tab.choose_file("#file", short_video)
        tab.wait(SHOWN)
        shown = {tuple(tab.evaluate(SHOWN))}
        while tab.evaluate(STATE) != "Finished":
            shown.add(tuple(tab.evaluate(SHOWN)))
        answers, sent = tab.answers(), sent_frames(tab)

        assert [answer["seq"] for answer in answers] == sorted(sent), "one answer per frame"
        assert len(shown) >= 3
        for seq, level in shown:
            about, picture = sent[seq]
            assert about["source_wh"] == [160, 96] == list(picture.size)
            assert abs(level - float(np.median(np.asarray(picture.convert("RGB"))[..., 1]))) <= 2

        said = {track["track_id"] for answer in answers for track in answer["tracks"]}
        assert said
        assert set(tab.evaluate(ROW_IDS)) == said
        nearest = max(answers[-1]["tracks"], key=lambda track: track["box"][3])
        assert _has_color(tab, track_color(nearest["track_id"])), "same colour as in annotated videos"
        assert tab.evaluate("Number(document.getElementById('rate').textContent)") > 0

        assert tab.complaints() == []
        asked = [event["request"]["url"] for event in tab.events["Network.requestWillBeSent"]]
        assert len(asked) > 10
        assert not [url for url in asked if not url.startswith((endpoint, "blob:", "data:"))]


def _has_color(tab: Any, color: tuple[int, int, int]) -> bool:
    """Return whether the canvas has a good number of pixels of exactly that colour."""
    expression = f"""(() => {{
      {PIXELS}
      const [r, g, b] = {list(color)};
      let num = 0;
      for (let i = 0; i < data.length; i += 4) num += data[i] === r && data[i + 1] === g && data[i + 2] === b;
      return num > 40;
    }})()"""
    return bool(tab.evaluate(expression))


def test_the_webcam_plays_pauses_and_stops(browser: Any, endpoint: str) -> None:
    with browser.tab(endpoint) as tab:
        tab.wait(f"{STATE} === 'Ready'")
        tab.evaluate("document.querySelector('[data-webcam]').click()")
        tab.wait("Number(document.getElementById('stage').dataset.seq) > 3")
        tab.evaluate("document.getElementById('play').click()")
        tab.wait(f"{STATE} === 'Paused'")
        tab.evaluate("document.getElementById('play').click()")
        tab.wait(f"{STATE} === 'Live'")
        tab.evaluate("document.getElementById('stop').click()")
        tab.wait(f"{STATE} === 'Stopped'")
        times_s = [about["time_s"] for about, _ in sent_frames(tab).values() if "time_s" in about]
        assert times_s == sorted(set(times_s))
        assert max(size for _, picture in sent_frames(tab).values() for size in picture.size) <= 320
        assert tab.complaints() == []


def test_a_broken_connection_is_taken_up_again_with_the_same_ids(
    browser: Any, endpoint: str, long_video: Path, link: Link
) -> None:
    with browser.tab(link.url) as tab:
        tab.choose_file("#file", long_video)
        tab.wait("Number(document.getElementById('stage').dataset.seq) > 8")
        before = tab.answers()
        link.cut()
        tab.wait(f"{STATE} === 'Reconnecting'")
        link.mend()
        tab.wait(f"{STATE} === 'Live, resumed'")
        tab.wait(f"Number(document.getElementById('stage').dataset.seq) > {before[-1]['seq'] + 8}")
        tab.evaluate("document.getElementById('stop').click()")
        sockets = [event["url"] for event in tab.events["Network.webSocketCreated"]]
        assert urlsplit(sockets[-1]).query == f"epoch={before[-1]['epoch']}"
        answers = {answer["seq"]: answer for answer in tab.answers()}
        assert sorted(answers) == list(range(len(answers))), "a file loses no frame while it waits"
        assert any(answer["resumed"] for answer in answers.values())
        first_after = min(seq for seq, answer in answers.items() if answer["epoch"] > before[-1]["epoch"])
        ids_before, ids_after = (
            {track["track_id"] for track in answers[seq]["tracks"]} for seq in (first_after - 1, first_after)
        )
        assert ids_before & ids_after


def test_a_session_whose_state_is_gone_is_never_begun_anew_in_silence(
    browser: Any, endpoint: str, long_video: Path, link: Link
) -> None:
    with browser.tab(link.url) as tab:
        tab.choose_file("#file", long_video)
        tab.wait("Number(document.getElementById('stage').dataset.seq) > 3")
        name = tab.evaluate("document.getElementById('session').firstChild.textContent")
        link.cut()
        tab.wait(f"{STATE} === 'Reconnecting'")
        urlopen(Request(f"{endpoint}/v1/streams/{name}", method="DELETE"), timeout=10).close()
        link.mend()
        tab.wait(f"{STATE} === 'Session lost'")
        assert "410" in tab.evaluate(NOTICE)
        tab.evaluate("document.getElementById('notice-action').click()")
        tab.wait(f"{STATE} === 'Live'")
        assert tab.evaluate("document.getElementById('session').firstChild.textContent") != name
        assert tab.evaluate("document.getElementById('notice').hidden")


def test_a_token_is_asked_for_and_sent_with_every_request(
    browser: Any, endpoint: str, long_video: Path
) -> None:
    def refuse_model(tab: Any) -> None:
        tab.call("Fetch.enable", patterns=[{"urlPattern": "*/v1/model"}])

    with browser.tab(endpoint, before=refuse_model) as tab:
        tab.wait("document.readyState === 'complete'")
        problem = base64.b64encode(b'{"title":"no token","status":401}').decode()
        asked = _paused(tab)
        tab.call("Fetch.fulfillRequest", requestId=asked["requestId"], responseCode=401, body=problem)
        tab.wait(f"{STATE} === 'Token needed'")
        tab.evaluate("document.getElementById('token').value = 'a-secret'")
        tab.evaluate("document.querySelector('#token-form button').click()")
        asked = _paused(tab)
        assert asked["request"]["headers"]["Authorization"] == "Bearer a-secret"
        tab.call("Fetch.continueRequest", requestId=asked["requestId"])
        tab.wait(f"{STATE} === 'Ready' && document.getElementById('token-form').hidden")
        tab.choose_file("#file", long_video)
        tab.wait(f"{STATE} === 'Live'")
        handshake = tab.events["Network.webSocketWillSendHandshakeRequest"][-1]["request"]["headers"]
        assert handshake["Sec-WebSocket-Protocol"] == "mot-action, bearer.a-secret"


def _paused(tab: Any) -> dict[str, Any]:
    """Return the request that is held, as soon as there is one."""
    while not tab.events.get("Fetch.requestPaused"):
        tab.evaluate("1")
    request: dict[str, Any] = tab.events["Fetch.requestPaused"].pop()
    return request


def test_a_file_that_is_no_video_is_one_clear_line(browser: Any, endpoint: str, tmp_path: Path) -> None:
    (tmp_path / "notes.mp4").write_text("no video")
    with browser.tab(endpoint) as tab:
        tab.wait(f"{STATE} === 'Ready'")
        tab.choose_file("#file", tmp_path / "notes.mp4")
        tab.wait(f"{NOTICE}.includes('cannot play notes.mp4')")
        assert not tab.evaluate("document.getElementById('welcome').hidden")


@pytest.mark.parametrize("width", [360, 1400])
def test_nothing_is_cut_off_and_everything_has_a_name(browser: Any, endpoint: str, width: int) -> None:
    def resize(tab: Any) -> None:
        tab.call(
            "Emulation.setDeviceMetricsOverride", width=width, height=800, deviceScaleFactor=1, mobile=False
        )

    with browser.tab(endpoint, before=resize) as tab:
        tab.wait(f"{STATE} === 'Ready'")
        assert tab.evaluate("document.documentElement.scrollWidth <= innerWidth")
        clipped = "[...document.querySelectorAll('button, .button, dd, h1, h2, p')]"
        assert tab.evaluate(f"{clipped}.filter((e) => e.scrollWidth > e.clientWidth + 1).length") == 0
        nodes = tab.call("Accessibility.getFullAXTree")["nodes"]
        controls = [node for node in nodes if node.get("role", {}).get("value") in ("button", "textbox")]
        assert len(controls) >= 4
        assert not [node for node in controls if not node["name"]["value"]]
