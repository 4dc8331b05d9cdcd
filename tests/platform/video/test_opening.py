"""Files that cannot be opened say why, and whether retrying can help."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import av
import fsspec
import numpy as np
import pytest

from mot_platform.errors import MediaError, MediaOpenError, NotAVideoError
from mot_platform.video.opening import media_error, open_video

MakeVideo = Callable[..., Path]


def failure(path: Path) -> MediaError:
    with pytest.raises(MediaError) as caught, open_video(str(path)):
        pass
    return caught.value


def test_an_empty_file_is_not_a_video(tmp_path: Path) -> None:
    path = tmp_path / "a.mp4"
    path.touch()
    error = failure(path)
    assert (type(error), error.stage, error.retriable) == (NotAVideoError, "open", False)
    assert "empty" in str(error)


def test_a_text_file_is_not_a_video(tmp_path: Path) -> None:
    path = tmp_path / "a.mp4"
    path.write_text("hello\n" * 100)
    error = failure(path)
    assert (type(error), error.stage, error.retriable) == (NotAVideoError, "open", False)
    assert "Invalid data found" in error.reason


def test_a_file_cut_before_its_index_is_not_a_video(make_video: MakeVideo) -> None:
    path = make_video()
    path.write_bytes(path.read_bytes()[:-2000])
    error = failure(path)
    assert (type(error), error.stage, error.retriable) == (NotAVideoError, "open", False)


def test_a_missing_file_may_come_back(tmp_path: Path) -> None:
    error = failure(tmp_path / "a.mp4")
    assert (type(error), error.stage, error.retriable) == (MediaOpenError, "open", True)
    assert "No such file" in error.reason


@pytest.mark.parametrize("kind", [PermissionError, ConnectionResetError, TimeoutError])
def test_errors_of_the_system_are_retriable(kind: type[OSError]) -> None:
    assert media_error("s3://b/a.mp4", kind(1, "no"), stage="open").retriable


def test_sound_alone_is_not_a_video(tmp_path: Path) -> None:
    path = tmp_path / "a.mp4"
    with av.open(str(path), "w") as output:
        stream = output.add_stream("aac", rate=8000)
        frame = av.AudioFrame.from_ndarray(np.zeros((1, 1024), np.float32), format="fltp", layout="mono")
        frame.sample_rate = 8000
        output.mux(stream.encode(frame))
        output.mux(stream.encode(None))
    error = failure(path)
    assert (type(error), error.stage, error.retriable) == (NotAVideoError, "probe", False)
    assert "audio" in error.reason


def test_a_playlist_does_not_open_what_it_names(make_video: MakeVideo) -> None:
    playlist = make_video().with_name("list.mp4")
    playlist.write_text(
        "#EXTM3U\n#EXT-X-TARGETDURATION:9\n#EXTINF:9,\nhttp://127.0.0.1:9/a.ts\n#EXT-X-ENDLIST\n"
    )
    assert isinstance(failure(playlist), NotAVideoError)


def test_names_that_look_like_protocols_and_remote_urls_open(make_video: MakeVideo) -> None:
    path = make_video("a:b%03d.mp4")
    with open_video(str(path)) as (_, stream):
        assert stream.width == 96
    with fsspec.open("memory://folder/a.mp4", "wb") as remote:
        remote.write(path.read_bytes())
    with open_video("memory://folder/a.mp4") as (_, stream):
        assert stream.width == 96


def test_a_url_of_an_unknown_scheme_is_refused_for_good() -> None:
    with pytest.raises(MediaOpenError) as caught, open_video("nowhere://a.mp4"):
        pass
    assert not caught.value.retriable
    assert "nowhere" in caught.value.reason
