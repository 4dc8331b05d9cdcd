from contextlib import suppress

import pytest

from mot_platform.commit import commit_text, committed, publish, retract


@pytest.fixture
def scratch(tmp_path):
    (tmp_path / "scratch").mkdir()
    return tmp_path / "scratch"


def test_file_appears_whole_when_the_block_ends(tmp_path, scratch):
    target = tmp_path / "file"
    with committed(target, scratch=scratch) as draft:
        draft.write_text("new")
        assert not target.exists()
    assert target.read_text() == "new"
    assert not list(scratch.iterdir())


def test_failed_block_leaves_the_old_file_and_no_draft(tmp_path, scratch):
    commit_text(tmp_path / "file", "old", scratch=scratch)
    with suppress(ZeroDivisionError), committed(tmp_path / "file", scratch=scratch) as draft:
        draft.write_text("half")
        raise ZeroDivisionError
    assert (tmp_path / "file").read_text() == "old"
    assert not list(scratch.iterdir())


def test_retract_removes_and_forgives_absence(tmp_path, scratch):
    commit_text(tmp_path / "file", "x", scratch=scratch)
    retract(tmp_path / "file")
    retract(tmp_path / "file")
    assert not (tmp_path / "file").exists()


def test_a_finished_draft_takes_the_place_of_the_old_file(tmp_path):
    (tmp_path / "file").write_text("old")
    (tmp_path / "draft").write_text("new")
    publish(tmp_path / "draft", tmp_path / "file")
    assert [(path.name, path.read_text()) for path in tmp_path.iterdir()] == [("file", "new")]
