"""Who holds a session: taking it up from memory, from the store, from somebody else, or not at all."""

from __future__ import annotations

import asyncio
import dataclasses

from mot_platform.serving.pictures import SentFrame
from mot_platform.serving.replica import TrackerReplica
from mot_platform.serving.replies import Moved, NotHere
from mot_platform.serving.settings import ServeConfig, SessionPolicy


def sent(clip, start: int, stop: int) -> list[SentFrame]:
    return [
        SentFrame(seq=f.seq, time_s=f.time_s, data=f.picture, source_wh=f.source_wh)
        for f in clip.frames[start:stop]
    ]


def test_a_replica_takes_up_what_another_left_in_the_store(direct, clip) -> None:
    async def scenario():
        one, other = direct.replicas
        opened = await one.open("cam", "me", steal=True)
        assert (opened.epoch, opened.next_seq, opened.known) == (1, 0, False)
        await one.step("cam", 1, sent(clip, 0, 7), settle=True)
        again = await other.open("cam", "me", steal=False)
        assert (again.epoch, again.next_seq, again.known, again.started_at) == (2, 7, True, opened.started_at)
        return await other.step("cam", 2, sent(clip, 7, 15)), await one.step("cam", 1, sent(clip, 7, 8))

    answers, late = asyncio.run(scenario())
    found = [[track["track_id"] for track in answer["tracks"]] for answer in answers]
    assert found == [tracks.track_id.tolist() for tracks in clip.tracks[7:15]]
    assert [answer["resumed"] for answer in answers[:3]] == [True, False, False]
    assert {answer["epoch"] for answer in answers} == {2}
    assert isinstance(late, list), "it does not know yet that it was overtaken"


def test_whoever_was_overtaken_learns_it_with_the_next_snapshot(direct, clip) -> None:
    async def scenario():
        one, other = direct.replicas
        await one.open("cam", "me", steal=True)
        await one.step("cam", 1, sent(clip, 0, 7), settle=True)
        await other.open("cam", "you", steal=True)
        await one.step("cam", 1, sent(clip, 7, 9), settle=True)
        return await one.step("cam", 1, sent(clip, 9, 10)), await one.open("cam", "me", steal=False)

    overtaken, refused = asyncio.run(scenario())
    assert isinstance(overtaken, Moved)
    assert isinstance(refused, Moved)


def test_the_newest_connection_wins_and_goes_on_from_memory(direct, clip) -> None:
    async def scenario():
        replica = direct.replicas[0]
        await replica.open("cam", "old", steal=True)
        await replica.step("cam", 1, sent(clip, 0, 9))
        opened = await replica.open("cam", "new", steal=True)
        assert (opened.epoch, opened.next_seq, opened.known) == (2, 9, True)
        return await replica.step("cam", 1, sent(clip, 9, 10)), await replica.step(
            "cam", 2, sent(clip, 9, 10)
        )

    old, new = asyncio.run(scenario())
    assert isinstance(old, Moved)
    assert new[0]["resumed"]
    assert new[0]["durable_seq"] >= 8, "what the connection before left was made durable"


def test_a_session_that_is_not_here_says_so(direct, clip) -> None:
    assert isinstance(asyncio.run(direct.replicas[0].step("cam", 1, sent(clip, 0, 1))), NotHere)


def test_state_of_another_model_is_not_gone_on_with(direct, clip, store, loaded_engine) -> None:
    engine, model = loaded_engine
    other_model = dataclasses.replace(model, digest="another")

    async def scenario():
        await direct.replicas[0].open("cam", "me", steal=True)
        await direct.replicas[0].step("cam", 1, sent(clip, 0, 3), settle=True)
        config = ServeConfig(weights="", store="")
        return await TrackerReplica(config, lambda: (engine, other_model), store).open(
            "cam", "me", steal=True
        )

    opened = asyncio.run(scenario())
    assert (opened.known, opened.next_seq) == (False, 0)


def test_closing_and_deleting_leave_nothing(direct, clip, store) -> None:
    async def scenario():
        replica = direct.replicas[0]
        await replica.open("a", "me", steal=True)
        await replica.step("a", 1, sent(clip, 0, 3))
        await replica.open("b", "me", steal=True)
        assert await replica.close("a", 0) == 0, "an epoch that is over closes nothing"
        assert [stored.session for stored in store.sessions()] == ["a", "b"]
        assert await replica.close("a", 1) == 3
        assert await replica.delete("b")
        assert not await replica.delete("b")

    asyncio.run(scenario())
    assert store.sessions() == []


def test_an_idle_session_leaves_memory_and_comes_back(store, clip, loaded_engine) -> None:
    policy = SessionPolicy(idle_s=0.1, snapshot_frames=100, snapshot_s=100)
    config = ServeConfig(weights="", store="", sessions=policy)

    async def scenario():
        replica = TrackerReplica(config, lambda: loaded_engine, store)
        await replica.open("cam", "me", steal=True)
        await replica.step("cam", 1, sent(clip, 0, 8))
        for _ in range(100):
            await asyncio.sleep(0.05)
            gone = await replica.step("cam", 1, sent(clip, 8, 9))
            if isinstance(gone, NotHere):
                break
            await asyncio.sleep(0.3)
        return await replica.open("cam", "me", steal=False)

    assert asyncio.run(scenario()).next_seq >= 8
