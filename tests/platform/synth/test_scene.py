import numpy as np

from mot_platform.synth.difficulty import DIFFICULTIES
from mot_platform.synth.scene import Scene, build_scene


def _scene(seed: int) -> Scene:
    return build_scene(
        np.random.default_rng(seed),
        difficulty=DIFFICULTIES["default"],
        size_wh=(160, 96),
        num_frames=25,
        frame_rate_hz=12.5,
    )


def test_scene_is_decided_by_the_seed() -> None:
    first, again, other = _scene(1), _scene(1), _scene(2)
    assert first.actors == again.actors
    np.testing.assert_array_equal(first.backdrop.pixels, again.backdrop.pixels)
    assert first.actors != other.actors


def test_every_sitter_has_a_seat() -> None:
    for seed in range(6):
        scene = _scene(seed)
        places = {(prop.x_m, round(prop.depth_m - 0.02, 9)) for prop in scene.props}
        for actor in scene.actors:
            for act in actor.acts:
                if act.movement == "sit_chair":
                    assert (act.start_xz[0], round(act.start_xz[1], 9)) in places
