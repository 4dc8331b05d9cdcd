"""What a session does with frames that come once, twice, late or broken."""

from __future__ import annotations

import asyncio
import dataclasses

import pytest

from mot_platform.serving.pictures import SentFrame


def sent(clip, start: int, stop: int, **more) -> list[SentFrame]:
    return [
        SentFrame(seq=f.seq, time_s=f.time_s, data=f.picture, source_wh=f.source_wh, **more)
        for f in clip.frames[start:stop]
    ]


def in_a_session(direct, work):
    """Run `work(replica, epoch)` on an open session."""

    async def scenario():
        replica = direct.replicas[0]
        opened = await replica.open("cam", "me", steal=True)
        return await work(replica, opened.epoch)

    return asyncio.run(scenario())


def ids(answers) -> list[list[int]]:
    return [[track["track_id"] for track in answer["tracks"]] for answer in answers]


def test_answers_are_those_of_the_engine_in_one_process(direct, clip) -> None:
    async def work(replica, epoch):
        return [
            answer
            for i in range(0, 20, 4)
            for answer in await replica.step("cam", epoch, sent(clip, i, i + 4))
        ]

    answers = in_a_session(direct, work)
    assert ids(answers) == [tracks.track_id.tolist() for tracks in clip.tracks[:20]]
    boxes = [[track["box"] for track in answer["tracks"]] for answer in answers]
    assert boxes == [tracks.xyxy.tolist() for tracks in clip.tracks[:20]]


def test_a_frame_that_is_sent_again_gets_its_first_answer_and_is_not_applied_twice(direct, clip) -> None:
    async def work(replica, epoch):
        first = await replica.step("cam", epoch, sent(clip, 0, 6))
        again = await replica.step("cam", epoch, sent(clip, 3, 8))
        return first, again

    first, again = in_a_session(direct, work)
    assert [answer["tracks"] for answer in again[:3]] == [answer["tracks"] for answer in first[3:]]
    assert ids(again) == [tracks.track_id.tolist() for tracks in clip.tracks[3:8]]


def test_a_number_that_does_not_rise_is_a_problem_and_the_stream_goes_on(direct, clip) -> None:
    async def work(replica, epoch):
        await replica.step("cam", epoch, sent(clip, 10, 12))
        (late,) = await replica.step("cam", epoch, sent(clip, 4, 5))
        (next_one,) = await replica.step("cam", epoch, sent(clip, 12, 13))
        return late, next_one

    late, next_one = in_a_session(direct, work)
    assert (late["type"], late["status"], late["seq"]) == ("problem", 422, 4)
    assert "seq must rise" in late["detail"]
    assert (next_one["type"], next_one["seq"]) == ("frame", 12)


def test_a_broken_picture_changes_nothing(direct, clip) -> None:
    broken = SentFrame(seq=3, time_s=0.3, data=b"\xff\xd8 nonsense")

    async def work(replica, epoch):
        return await replica.step("cam", epoch, [*sent(clip, 0, 3), broken, *sent(clip, 4, 5)]), (
            await replica.step("cam", epoch, sent(clip, 5, 6))
        )

    answers, _ = in_a_session(direct, work)
    assert [answer["type"] for answer in answers] == ["frame", "frame", "frame", "problem", "frame"]
    assert (answers[3]["status"], answers[3]["seq"]) == (415, 3)


def test_another_frame_size_is_refused(direct, clip) -> None:
    async def work(replica, epoch):
        (other,) = sent(clip, 1, 2)
        other = dataclasses.replace(other, source_wh=(320, 192))
        return await replica.step("cam", epoch, [*sent(clip, 0, 1), other])

    assert "another size is another session" in in_a_session(direct, work)[1]["detail"]


def test_the_first_answer_is_durable_and_later_ones_in_time(direct, clip) -> None:
    async def work(replica, epoch):
        durable = []
        for i in range(12):
            (answer,) = await replica.step("cam", epoch, sent(clip, i, i + 1))
            durable.append(answer["durable_seq"])
            await asyncio.sleep(0.02)
        (settled,) = await replica.step("cam", epoch, sent(clip, 12, 13), settle=True)
        return durable, settled["durable_seq"]

    durable, settled = in_a_session(direct, work)
    assert durable[0] == 0
    assert durable == sorted(durable)
    assert 11 - durable[-1] <= 6, "snapshots every 5 frames"
    assert settled == 12


def test_without_a_store_the_stream_ends_with_the_reason(direct, clip, store, monkeypatch) -> None:
    def full(*_args):
        raise OSError(28, "No space left on device")

    async def work(replica, epoch):
        monkeypatch.setattr(store, "save", full)
        return await replica.step("cam", epoch, sent(clip, 0, 1))

    with pytest.raises(OSError, match="No space left"):
        in_a_session(direct, work)
