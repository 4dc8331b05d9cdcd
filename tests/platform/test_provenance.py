import hashlib
from importlib import metadata

import pytest

from mot_platform.provenance import (
    CODE_VERSION_VARIABLE,
    code_version,
    content_digest,
    digest_of,
    short_id,
    training_run_id,
)


def test_digest_depends_on_values_and_not_on_order():
    assert digest_of({"a": 1, "b": [2.5, None]}) == digest_of({"b": [2.5, None], "a": 1})
    assert digest_of({"a": 1}) != digest_of({"a": 2})
    with pytest.raises(TypeError):
        digest_of({"a": object()})


def test_short_ids_keep_their_parts_apart():
    assert short_id("ab", "c") != short_id("a", "bc")
    assert len(short_id("ab")) == 16


def test_content_digest_is_the_sha256_of_the_bytes(tmp_path):
    data = bytes(range(256)) * 8192  # two chunks
    (tmp_path / "file").write_bytes(data)
    assert content_digest(str(tmp_path / "file")) == hashlib.sha256(data).hexdigest()
    with pytest.raises(FileNotFoundError):
        content_digest(str(tmp_path / "missing"))


def test_code_version_begins_with_the_package_version():
    assert code_version().startswith(metadata.version("mot-action"))


def test_code_version_is_as_stated_where_the_code_was_shipped(monkeypatch):
    monkeypatch.setenv(CODE_VERSION_VARIABLE, "0.1.0+gabc")
    assert code_version() == "0.1.0+gabc"


def test_training_run_is_found_beside_the_weights(tmp_path):
    weights = tmp_path / "model.safetensors"
    assert training_run_id(weights) is None
    (tmp_path / "mlflow_run_id").write_text("abc\n")
    assert training_run_id(weights) == "abc"
