from __future__ import annotations

import contextlib
import multiprocessing
import os
from concurrent.futures import ThreadPoolExecutor

import pytest

from mot_platform.serving.session_store import FencedError, FolderStore


def test_a_snapshot_is_there_for_the_next_claim(store) -> None:
    claim, nothing = store.claim("cam", holder="a", steal=True)
    assert (claim.epoch, nothing) == (1, None)
    store.save(claim, b"one")
    store.save(claim, b"two")
    again, snapshot = store.claim("cam", holder="a", steal=False)
    assert (again.epoch, snapshot) == (2, b"two")


def test_whoever_was_overtaken_can_write_no_more(store) -> None:
    old, _ = store.claim("cam", holder="a", steal=True)
    new, _ = store.claim("cam", holder="b", steal=True)
    store.save(new, b"new")
    with pytest.raises(FencedError, match="epoch 1"):
        store.save(old, b"old")
    with pytest.raises(FencedError, match="another connection"):
        store.claim("cam", holder="a", steal=False)
    assert not store.delete("cam", epoch=old.epoch)
    assert store.claim("cam", holder="c", steal=True)[1] == b"new"


def test_a_deleted_session_is_gone_and_cannot_be_written(store) -> None:
    claim, _ = store.claim("cam", holder="a", steal=True)
    assert store.delete("cam")
    assert not store.delete("cam")
    with pytest.raises(FencedError, match="deleted"):
        store.save(claim, b"late")
    assert store.sessions() == []


def test_a_session_can_be_deleted_while_it_is_being_saved(store) -> None:
    def save_often(claim) -> None:
        with contextlib.suppress(FencedError):
            while True:
                store.save(claim, b"more")

    with ThreadPoolExecutor(1) as pool:
        for _ in range(50):
            claim, _ = store.claim("cam", holder="a", steal=True)
            saving = pool.submit(save_often, claim)
            assert store.delete("cam")
            saving.result(10)
    assert store.sessions() == []


def test_what_a_killed_deletion_left_is_no_session_and_is_swept(store, tmp_path) -> None:
    store.claim("cam", holder="a", steal=True)
    (folder,) = (tmp_path / "sessions").iterdir()
    folder.rename(folder.with_name(f".{folder.name}"))
    assert store.sessions() == []
    store.sweep(older_than_s=60, max_kept=3)
    assert list((tmp_path / "sessions").iterdir()) == []


def test_sessions_end_by_age_and_by_number_oldest_first(store, tmp_path) -> None:
    for rank, name in enumerate(["a", "b", "c", "d"]):
        claim, _ = store.claim(name, holder="h", steal=True)
        store.save(claim, b"")
        (folder,) = [
            f for f in (tmp_path / "sessions").iterdir() if f'{name}"' in (f / "claim.json").read_text()
        ]
        for file in folder.iterdir():
            os.utime(file, (10**9 + rank, 10**9 + rank))
    assert store.sweep(older_than_s=1e12, max_kept=3) == 1
    assert [stored.session for stored in store.sessions()] == ["b", "c", "d"]
    claim, _ = store.claim("c", holder="h", steal=True)
    assert store.sweep(older_than_s=60, max_kept=3) == 2
    assert [stored.session for stored in store.sessions()] == ["c"]


def _claim_often(root, count, epochs) -> None:
    store = FolderStore(root)
    for _ in range(count):
        claim, _ = store.claim("cam", holder=str(os.getpid()), steal=True)
        epochs.put(claim.epoch)


def test_no_epoch_is_given_twice_between_processes(store, tmp_path) -> None:
    spawn = multiprocessing.get_context("fork")
    epochs = spawn.SimpleQueue()
    arguments = (tmp_path / "sessions", 50, epochs)
    processes = [spawn.Process(target=_claim_often, args=arguments) for _ in range(4)]
    for process in processes:
        process.start()
    for process in processes:
        process.join(30)
    assert sorted(epochs.get() for _ in range(200)) == list(range(1, 201))
