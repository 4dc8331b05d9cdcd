from __future__ import annotations

from dataclasses import fields, is_dataclass, replace

import numpy as np

from mot_platform.datasets.index_tables import tables_of, videos_from
from mot_platform.datasets.source import BoxLabels


def assert_same(one: object, other: object) -> None:
    """Fail unless two values are equal, arrays and dataclasses compared by what is in them."""
    assert type(one) is type(other)
    if isinstance(one, np.ndarray):
        assert one.dtype == other.dtype
        assert np.array_equal(one, other)
    elif is_dataclass(one):
        for field in fields(one):
            assert_same(getattr(one, field.name), getattr(other, field.name))
    elif isinstance(one, tuple):
        assert len(one) == len(other)
        for left, right in zip(one, other, strict=True):
            assert_same(left, right)
    else:
        assert one == other


def test_videos_come_back_as_they_were(labelled_source) -> None:
    tables = tables_of(labelled_source)
    assert_same(videos_from(tables, ("person", "car"), ("sit", "stand")), labelled_source.videos)


def test_rows_say_what_is_not_labelled_by_null(labelled_source) -> None:
    first, second, third = tables_of(labelled_source)["boxes"].to_pylist()[:3]
    assert (first["track_id"], first["class_name"], first["actions"]) == (7, "person", ["sit", "stand"])
    assert (second["track_id"], second["class_name"], second["actions"]) == (None, "car", None)
    assert (third["time_s"], third["actions"]) == (0.3, [])


def test_a_source_without_videos_or_words_comes_back(labelled_source) -> None:
    nothing = replace(labelled_source, videos=(), class_names=(), action_names=(), action_ids=())
    assert videos_from(tables_of(nothing), (), ()) == ()
    bare = replace(labelled_source.videos[0], boxes=BoxLabels.empty(0), labelled_frames=np.zeros(0, np.int64))
    tables = tables_of(replace(nothing, videos=(bare,)))
    assert_same(videos_from(tables, (), ()), (bare,))
