from __future__ import annotations

import pickle

import pytest

from mot_platform.serving.problems import Problem


@pytest.mark.parametrize(
    ("kind", "status", "headers"),
    [
        ("full", 429, {"Retry-After": "2"}),
        ("unavailable", 503, {"Retry-After": "2"}),
        ("unauthorized", 401, {"WWW-Authenticate": "Bearer"}),
        ("too-large", 413, {}),
    ],
)
def test_a_problem_has_the_status_and_headers_of_its_kind(kind, status, headers) -> None:
    problem = Problem(kind, "why")
    assert problem.body() == {
        "type": f"about:blank#{kind}",
        "title": problem.title,
        "status": status,
        "detail": "why",
    }
    assert problem.headers == headers
    assert problem.close_code == 4000 + status


def test_in_a_stream_it_is_a_message_about_a_frame_or_about_the_stream() -> None:
    message = Problem("not-decodable", "why").message(7)
    assert (message["type"], message["kind"], message["status"], message["seq"]) == (
        "problem", "not-decodable", 415, 7,
    )  # fmt: skip
    assert "seq" not in Problem("not-decodable", "why").message()


def test_it_travels_between_processes() -> None:
    problem = pickle.loads(pickle.dumps(Problem("full", "why")))
    assert (problem.kind, problem.detail, problem.status) == ("full", "why", 429)
