from __future__ import annotations

from mot_platform.datasets.download.part_file import Origin, PartFile


def test_bytes_outlive_the_process_together_with_whose_they_are(tmp_path) -> None:
    origin = Origin(url="http://h/a", etag='"x"', total_bytes=6)
    part = PartFile(tmp_path / "sub" / "a.zip")
    part.begin(origin)
    assert list(part.append([b"abc", b"de"])) == [3, 5]
    again = PartFile(tmp_path / "sub" / "a.zip")
    assert (again.origin(), again.size_bytes) == (origin, 5)
    assert list(again.append([b"f"])) == [6]
    again.finish()
    assert [path.name for path in (tmp_path / "sub").iterdir()] == ["a.zip"]
    assert (tmp_path / "sub" / "a.zip").read_bytes() == b"abcdef"


def test_beginning_anew_drops_what_was_there(tmp_path) -> None:
    part = PartFile(tmp_path / "a")
    for url in ("u", "v"):
        part.begin(Origin(url=url))
        list(part.append([b"abc"]))
    assert (part.size_bytes, part.origin().url) == (3, "v")
    part.discard()
    assert not list(tmp_path.iterdir())


def test_a_sidecar_that_is_no_origin_makes_the_bytes_nobodys(tmp_path) -> None:
    for text in ("{", "[]", '{"url": "u", "what": 1}'):
        (tmp_path / "a.part.json").write_text(text)
        assert PartFile(tmp_path / "a").origin() is None


def test_a_weak_etag_is_no_condition_for_a_part() -> None:
    assert Origin(url="u", etag='"s"', last_modified="then").validator == '"s"'
    assert Origin(url="u", etag='W/"s"', last_modified="then").validator == "then"
    assert Origin(url="u").validator is None
