"""Opening a video file for reading, and saying truly why it cannot be opened."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import av
import fsspec
from av.container import InputContainer

from mot_platform.errors import MediaError, MediaOpenError, NotAVideoError, Stage

VIDEO_EXTENSIONS = frozenset(
    {
        ".3g2", ".3gp", ".asf", ".avi", ".dv", ".flv", ".h264", ".h265", ".hevc", ".ivf",
        ".m2ts", ".m2v", ".m4v", ".mjpeg", ".mjpg", ".mkv", ".mov", ".mp4", ".mpeg", ".mpg",
        ".mts", ".mxf", ".ogv", ".ts", ".vob", ".webm", ".wmv", ".y4m",
    }
)  # fmt: skip
"""File name endings, in lower case, of video files."""

# A playlist that poses as a video must not make us read other files or fetch anything.
_OPTIONS = {"protocol_whitelist": "file"}


def describe(error: BaseException) -> str:
    """Return one line that says what `error` is, without the path that the caller names anyway."""
    text = getattr(error, "strerror", None) or str(error) or type(error).__name__
    return " ".join(str(text).split())


def media_error(uri: str, error: BaseException, *, stage: Stage) -> MediaError:
    """Return the media error that an error of libav or of the file system stands for."""
    if isinstance(error, av.ExitError):  # how libav says that our time limit has passed
        return MediaOpenError(uri, "no answer within the time limit", stage, True)
    # PyAV derives its errors from OSError exactly where the operating system is at fault.
    if isinstance(error, OSError | MemoryError):
        return MediaOpenError(uri, describe(error), stage, True)
    return NotAVideoError(uri, describe(error), stage, False)


@contextmanager
def open_video(uri: str, *, num_threads: int = 1) -> Iterator[tuple[InputContainer, av.VideoStream]]:
    """Open the first video stream of a path or fsspec URL for demuxing and decoding.

    Args:
        uri: a local path, or an fsspec URL such as `s3://bucket/a.mp4`.
        num_threads: decoder threads; 0 takes one per core. Sound video decodes to the same pixels for any
            number; how decoders patch over damaged pictures may depend on it.

    Yields:
        The container and its video stream; both are closed on leaving.

    Raises:
        MediaOpenError: if the file cannot be read; stage "open".
        NotAVideoError: if it is empty, no media, or without a video stream; stage "open" or "probe".
    """
    with ExitStack() as stack:
        try:
            if "://" in uri:
                source = stack.enter_context(fsspec.open(uri, "rb"))
            else:
                if Path(uri).is_file() and Path(uri).stat().st_size == 0:
                    raise NotAVideoError(uri, "the file is empty", "open")
                source = f"file:{uri}"  # or a colon in the name would be read as a protocol
            container = stack.enter_context(av.open(source, options=_OPTIONS, metadata_errors="replace"))
        except (av.FFmpegError, OSError) as error:
            raise media_error(uri, error, stage="open") from error
        except (ValueError, ImportError) as error:  # fsspec: no such scheme, or its package is not installed
            raise MediaOpenError(uri, describe(error), "open", False) from error
        yield container, _video_stream(uri, container, num_threads)


def _video_stream(uri: str, container: InputContainer, num_threads: int) -> av.VideoStream:
    """Return the stream to decode, its decoder set up."""
    is_cover = av.stream.Disposition.attached_pic
    stream = next((s for s in container.streams.video if not s.disposition & is_cover), None)
    if stream is None:
        kinds = ", ".join(sorted({s.type for s in container.streams})) or "none"
        raise NotAVideoError(uri, f"no video stream (streams: {kinds})", "probe")
    if stream.codec_context is None:
        raise NotAVideoError(uri, "no decoder for its video stream", "probe")
    stream.codec_context.thread_count = num_threads
    stream.codec_context.thread_type = "FRAME" if num_threads != 1 else "NONE"
    return stream
