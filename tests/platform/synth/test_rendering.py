from dataclasses import replace

import numpy as np
import pytest

from mot_platform.synth.difficulty import DIFFICULTIES
from mot_platform.synth.motion import Style
from mot_platform.synth.plan import Act
from mot_platform.synth.rendering import render
from mot_platform.synth.scene import Scene, build_scene


def _scene(*, seed: int, num_frames: int, name: str = "default") -> Scene:
    return build_scene(
        np.random.default_rng(seed),
        difficulty=DIFFICULTIES[name],  # type: ignore[index]
        size_wh=(320, 192),
        num_frames=num_frames,
        frame_rate_hz=12.5,
    )


def _box_of(mask: np.ndarray) -> tuple[int, int, int, int]:
    rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    return columns[0], rows[0], columns[-1] + 1, rows[-1] + 1


@pytest.mark.parametrize("seed", [0, 3])
def test_visible_box_is_exactly_the_box_of_the_visible_pixels(seed: int) -> None:
    for frame in render(_scene(seed=seed, num_frames=12)):
        for row in frame.rows:
            shown = frame.owner == row.track_id
            assert shown.any() == (row.visibility > 0)
            if shown.any():
                assert row.visible_xyxy == _box_of(shown)
        assert set(np.unique(frame.owner)) - {0} <= {row.track_id for row in frame.rows}


def test_full_box_of_a_lone_person_is_the_box_of_all_their_pixels() -> None:
    crowd = _scene(seed=5, num_frames=6)
    for actor in crowd.actors:
        middle = Act(
            movement="bend",
            style=Style(),
            start_s=0.0,
            stop_s=9.0,
            start_xz=(0.0, crowd.stage.near_depth_m),
            stop_xz=(0.0, crowd.stage.near_depth_m),
            yaw=-0.5,
            blend_s=0.0,
        )
        alone = replace(
            crowd, actors=(replace(actor, acts=(middle,)),), props=(), camera_shift=np.zeros((6, 2))
        )
        for frame in render(alone):
            (row,) = frame.rows
            assert row.full_xyxy == row.visible_xyxy == _box_of(frame.owner > 0)
            assert row.visibility == 1.0


def test_full_box_holds_the_visible_box() -> None:
    for frame in render(_scene(seed=2, num_frames=15)):
        for row in frame.rows:
            full, visible = row.full_xyxy, row.visible_xyxy
            assert full[0] <= visible[0] <= visible[2] <= full[2]
            assert full[1] <= visible[1] <= visible[3] <= full[3]
            assert 0 <= row.visibility <= 1


def test_id_persists_over_leaving_and_coming_back() -> None:
    scene = _scene(seed=1, num_frames=60, name="easy")
    depth = scene.stage.near_depth_m
    away = scene.stage.half_width_m(depth) + 1.2
    ways = [((0.0, depth), (away, depth)), ((away, depth), (away, depth)), ((-away, depth), (0.0, depth))]
    acts = tuple(
        Act(
            movement="walk",
            style=Style(),
            start_s=1.6 * k,
            stop_s=1.6 * (k + 1),
            start_xz=start,
            stop_xz=stop,
            yaw=0.0,
            blend_s=0.0,
        )
        for k, (start, stop) in enumerate(ways)
    )
    alone = replace(scene, actors=(replace(scene.actors[0], track_id=7, acts=acts),))
    seen = [[row.track_id for row in frame.rows] for frame in render(alone)]
    assert seen[0] == seen[-1] == [7]
    assert [] in seen


def test_rendering_twice_gives_the_same_pixels() -> None:
    first, again = (list(render(_scene(seed=4, num_frames=3, name="hard"))) for _ in range(2))
    for one, other in zip(first, again, strict=True):
        np.testing.assert_array_equal(one.pixels, other.pixels)
        assert one.rows == other.rows
