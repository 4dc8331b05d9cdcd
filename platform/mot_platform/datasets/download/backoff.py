"""How long to wait before asking a server again."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class Patience:
    """How often and how long to try.

    Raises:
        ValueError: if a number is out of range.
    """

    attempts: int = 6
    """Tries of one address in a row that bring no byte further; those that do are not counted."""
    first_wait_s: float = 1.0
    """Mean wait after the first failure; it doubles with each."""
    longest_wait_s: float = 60.0
    """Limit of that."""
    longest_asked_wait_s: float = 600.0
    """Longest `Retry-After` that is obeyed; a server that asks for more counts as one that has nothing."""
    silence_s: float = 30.0
    """How long a server may be silent."""

    def __post_init__(self) -> None:
        if self.attempts < 1 or min(self.first_wait_s, self.longest_wait_s, self.longest_asked_wait_s) < 0:
            raise ValueError(f"attempts must be positive and waits not negative, got {self}")

    def wait_s(self, failures: int) -> float:
        """Return the wait after so many failures in a row: it doubles, and varies by half of itself."""
        wait_s = min(self.longest_wait_s, self.first_wait_s * 2.0 ** (failures - 1))
        return wait_s * random.uniform(0.5, 1.5)  # noqa: S311  spreads clients, guards nothing


def asked_wait_s(retry_after: str | None) -> float | None:
    """Return the seconds that a `Retry-After` header asks for, None if it says nothing.

    Source: RFC 9110 section 10.2.3.
    """
    if retry_after is None:
        return None
    if retry_after.strip().isdigit():
        return float(retry_after)
    try:
        when = parsedate_to_datetime(retry_after)
    except ValueError:
        return None
    if when.tzinfo is None:
        when = when.replace(tzinfo=UTC)
    return max(0.0, (when - datetime.now(UTC)).total_seconds())
