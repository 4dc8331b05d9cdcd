from __future__ import annotations

import re


def test_the_model_is_described(client, tiny_network_config) -> None:
    told = client.get("/v1/model").json()
    assert told["input_wh"] == list(tiny_network_config.input_wh)
    assert told["class_names"] == ["person"]
    assert told["actions"] == [{"action_id": 11, "name": "sit"}, {"action_id": 12, "name": "stand"}]
    assert re.fullmatch(r"[0-9a-f]{64}", told["digest"])


def test_the_description_of_the_interface_names_every_http_route(client) -> None:
    paths = client.get("/openapi.json").json()["paths"]
    assert set(paths) == {"/healthz", "/v1/model", "/v1/streams", "/v1/streams/{session}", "/v1/videos"}
    assert client.get("/docs").status_code == 200


def test_the_page_and_its_parts_are_served_with_a_strict_policy(client) -> None:
    page = client.get("/")
    assert page.headers["content-type"].startswith("text/html")
    assert "script-src 'self'" in page.headers["content-security-policy"]
    parts = re.findall(r'(?:src|href)="(/page/[^"]+)"', page.text)
    assert parts
    assert all(client.get(part).status_code == 200 for part in parts)
    assert client.get("/page/../gate.py").status_code == 404


def test_unknown_paths_and_methods_are_no_crash(client) -> None:
    assert client.get("/v2").status_code == 404
    assert client.get("/v1/videos").status_code == 405
