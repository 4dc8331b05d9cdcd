"""Following a session through deaths of its replica, with real replicas and a real store."""

from __future__ import annotations

import asyncio

import pytest

from mot_platform.serving.link import SessionLink
from mot_platform.serving.pictures import SentFrame
from mot_platform.serving.problems import Problem


def sent(clip, start: int, stop: int) -> list[SentFrame]:
    return [
        SentFrame(seq=f.seq, time_s=f.time_s, data=f.picture, source_wh=f.source_wh)
        for f in clip.frames[start:stop]
    ]


def ids(answers) -> list[list[int]]:
    return [[track["track_id"] for track in answer["tracks"]] for answer in answers]


@pytest.mark.parametrize("dies_in", ["step", "between"])
@pytest.mark.parametrize("after", [1, 2, 11, 23])
def test_ids_go_on_when_the_replica_dies_anywhere(direct, clip, after, dies_in) -> None:
    async def scenario():
        link = SessionLink(direct, "cam", holder="me")
        await link.open(insist=False)
        answers = []
        for i in range(30):
            if i == after and dies_in == "between":
                direct.kill("cam")
            elif i == after:
                direct.fail_next = "step"
            answers += await link.step(sent(clip, i, i + 1))
        return answers, link.num_resumed

    answers, num_resumed = asyncio.run(scenario())
    assert ids(answers) == [tracks.track_id.tolist() for tracks in clip.tracks[:30]]
    assert [i for i, answer in enumerate(answers) if answer["resumed"]] == [after]
    assert num_resumed == 1


def test_a_second_death_while_catching_up_is_survived(direct, clip) -> None:
    async def scenario():
        link = SessionLink(direct, "cam", holder="me")
        await link.open(insist=False)
        answers = await link.step(sent(clip, 0, 9))
        direct.kill("cam")
        original, deaths = direct.call, iter(["step", "open"])

        async def call(session, method, *args, **kwargs):
            if method == "open":
                direct.fail_next = next(deaths, None)
            return await original(session, method, *args, **kwargs)

        direct.call = call
        return answers + await link.step(sent(clip, 9, 14))

    assert ids(asyncio.run(scenario())) == [tracks.track_id.tolist() for tracks in clip.tracks[:14]]


def test_a_frame_that_kills_every_replica_ends_its_stream_soon(direct, clip) -> None:
    async def scenario():
        link = SessionLink(direct, "cam", holder="me")
        await link.open(insist=False)
        await link.step(sent(clip, 0, 3))
        original = direct.call

        async def call(session, method, *args, **kwargs):
            if method == "step" and args[1][-1].seq == 3:
                direct.fail_next = "step"
            return await original(session, method, *args, **kwargs)

        direct.call = call
        await link.step(sent(clip, 3, 4))

    with pytest.raises(Problem, match="frames 3 to 3") as caught:
        asyncio.run(scenario())
    assert caught.value.kind == "unavailable"
    assert [method for method, _ in direct.calls].count("step") <= 7


def test_an_overtaken_connection_ends(direct, clip) -> None:
    async def scenario():
        old, new = (SessionLink(direct, "cam", holder=name) for name in ("old", "new"))
        await old.open(insist=False)
        await old.step(sent(clip, 0, 3))
        await new.open(insist=True)
        direct.kill("cam")
        await old.step(sent(clip, 3, 4))

    with pytest.raises(Problem) as caught:
        asyncio.run(scenario())
    assert caught.value.kind == "replaced"


def test_lost_state_is_told_and_leaves_nothing_behind(direct, clip, store) -> None:
    async def scenario():
        link = SessionLink(direct, "cam", holder="me")
        await link.open(insist=False)
        for i in range(12):
            await link.step(sent(clip, i, i + 1))
        store.delete("cam")
        direct.kill("cam")
        await link.step(sent(clip, 12, 13))

    with pytest.raises(Problem, match="begin anew") as caught:
        asyncio.run(scenario())
    assert caught.value.kind == "session-lost"
    assert store.sessions() == []


def test_insisting_on_a_session_that_is_gone_is_refused(direct, store) -> None:
    with pytest.raises(Problem, match="its state is gone"):
        asyncio.run(SessionLink(direct, "cam", holder="me").open(insist=True))
    assert store.sessions() == []


def test_few_frames_are_kept_for_replay(direct, clip) -> None:
    async def scenario():
        link = SessionLink(direct, "cam", holder="me")
        await link.open(insist=False)
        kept = []
        for i in range(60):
            await link.step(sent(clip, i, i + 1))
            await asyncio.sleep(0.01)
            kept.append(len(link._kept))
        return kept

    assert max(asyncio.run(scenario())) <= 30, "snapshots every 5 frames, each as long as the disk takes"
