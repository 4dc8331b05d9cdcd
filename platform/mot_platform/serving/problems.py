"""What the endpoint says when something is wrong: RFC 9457 problems, over HTTP and inside a stream."""

from __future__ import annotations

from typing import Any

_KINDS = {
    "unauthorized": (401, "A token is needed"),
    "forbidden": (403, "Not from here"),
    "unknown-session": (404, "No such session"),
    "slow-upload": (408, "The upload stalled"),
    "replaced": (409, "The session was taken up elsewhere"),
    "session-lost": (410, "The state of the session is lost"),
    "too-large": (413, "Too large"),
    "not-decodable": (415, "Not decodable"),
    "bad-request": (422, "Bad parameters"),
    "full": (429, "All streams are taken"),
    "unavailable": (503, "Not available now"),
}
MEDIA_TYPE = "application/problem+json"
RETRY_AFTER_S = 2
CLOSE_CODE_BASE = 4000
"""A stream that ends with a problem is closed with this plus the problem's status."""


class Problem(Exception):  # noqa: N818 (its name in RFC 9457)
    """One thing that is wrong with a request, a stream or a frame.

    Args:
        kind: A key of the table above; the stable name of the problem.
        detail: What exactly, and what to do about it.
    """

    def __init__(self, kind: str, detail: str) -> None:
        super().__init__(kind, detail)
        self.kind = kind
        self.detail = detail
        self.status, self.title = _KINDS[kind]

    def __str__(self) -> str:
        return f"{self.title}: {self.detail}"

    @property
    def close_code(self) -> int:
        """The WebSocket close code of a stream that ends with this."""
        return CLOSE_CODE_BASE + self.status

    @property
    def headers(self) -> dict[str, str]:
        """HTTP headers that go with it."""
        if self.status in (429, 503):
            return {"Retry-After": str(RETRY_AFTER_S)}
        return {"WWW-Authenticate": "Bearer"} if self.status == 401 else {}

    def body(self) -> dict[str, Any]:
        """Return the problem as a JSON object."""
        return {
            "type": f"about:blank#{self.kind}",
            "title": self.title,
            "status": self.status,
            "detail": self.detail,
        }

    def message(self, seq: int | None = None) -> dict[str, Any]:
        """Return the problem as a message of a stream, about frame `seq` or about the stream."""
        message = self.body() | {"type": "problem", "kind": self.kind}
        return message if seq is None else message | {"seq": seq}
