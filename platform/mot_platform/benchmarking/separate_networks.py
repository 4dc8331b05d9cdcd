"""Three networks that each learnt one task, run side by side as if they were the joint network.

This is what the joint network is measured against: the same architecture, each on its own task, then the same
tracker and track memory. None of them computes what only another task needs.
"""

# B streams, N detections, C channels, H W map cells

from __future__ import annotations

from torch import Tensor, nn

from mot_model.engine import Engine
from mot_model.network import (
    Candidates,
    JointNetwork,
    NetworkConfig,
    boxes_of_cells,
    choose_cells,
    vectors_at,
)
from mot_model.temporal_state import TemporalState
from mot_model.tracker_config import TrackerConfig
from mot_platform.engines import engine_around

IDENTITY_PARTS = ("heads.identity", "heads.read_identity")
ACTION_PARTS = ("heads.action", "heads.read_action", "heads.scene", "track_action")
NOT_FOR_DETECTION = (*IDENTITY_PARTS, *ACTION_PARTS)
NOT_FOR_IDENTITY = ("temporal", "heads.one_to_one", *ACTION_PARTS)
NOT_FOR_ACTION = ("heads.one_to_one", *IDENTITY_PARTS)


class SeparateNetworks(nn.Module):
    """A network for where, one for who and one for what they do, over the same frames.

    Embedding and action feature are read in the boxes that the detection network found.

    Args:
        detection: Gives boxes, scores and classes.
        identity: Gives embeddings.
        action: Gives action features; its track memory reads them.
    """

    def __init__(self, *, detection: JointNetwork, identity: JointNetwork, action: JointNetwork) -> None:
        super().__init__()
        self.config: NetworkConfig = action.config
        self.detection = without(detection.for_inference(), NOT_FOR_DETECTION)
        self.identity = without(identity.for_inference(), NOT_FOR_IDENTITY)
        self.action = without(action.for_inference(), NOT_FOR_ACTION)

    @property
    def receptive_field_frames(self) -> int:
        """Number R of frames that an output depends on, its own included."""
        return max(self.detection.receptive_field_frames, self.action.receptive_field_frames)

    def initial_state(self) -> TemporalState:
        """Return the state before the first frame of one stream."""
        return joined(self.detection.initial_state(), self.action.initial_state())

    def step(
        self, pixels_BHW3: Tensor, state: TemporalState, max_detections: int
    ) -> tuple[Candidates, TemporalState]:
        """Return the objects of one frame of each of B streams, and the state after it."""
        before_detection, before_action = parted(state)
        where, after_detection = encoded(self.detection, pixels_BHW3, before_detection)
        what, after_action = encoded(self.action, pixels_BHW3, before_action)
        who = self.identity.heads.identity(self.identity.fused(pixels_BHW3))
        boxes = self.detection.heads.one_to_one(where)
        chosen = choose_cells(boxes, max_detections)
        xyxy = vectors_at(boxes_of_cells(boxes), chosen.cell)
        doing = self.action.heads
        scene = doing.scene(what).mean((2, 3))
        found = Candidates(
            xyxy=xyxy,
            score=chosen.score,
            class_id=chosen.class_id,
            embedding=self.identity.heads.embedding(who, xyxy),
            action_feature=doing.action_feature(doing.action(what), scene, xyxy),
        )
        return found, joined(after_detection, after_action)


def without(network: JointNetwork, parts: tuple[str, ...]) -> JointNetwork:
    """Return `network` itself, rid of `parts`, named by their path in it."""
    for path in parts:
        parent, _, name = path.rpartition(".")
        delattr(network.get_submodule(parent), name)
    return network


def encoded(network: JointNetwork, pixels_BHW3: Tensor, state: TemporalState) -> tuple[Tensor, TemporalState]:
    """Return the map `(B, C, H, W)` of one frame of each stream, those before taken in, and the state."""
    map_B1CHW, state = network.temporal(network.fused(pixels_BHW3)[:, None], state)
    return map_B1CHW[:, 0], state


def joined(detection: TemporalState, action: TemporalState) -> TemporalState:
    """Return the states of two networks as one."""
    parts = {"detection": detection, "action": action}
    return TemporalState(
        {f"{part}.{name}": buffer for part, state in parts.items() for name, buffer in state.buffers.items()}
    )


def parted(state: TemporalState) -> tuple[TemporalState, TemporalState]:
    """Return the states of detection and action that `joined` made one."""

    def of(part: str) -> TemporalState:
        named = ((name.split(".", 1), buffer) for name, buffer in state.buffers.items())
        return TemporalState({name: buffer for (owner, name), buffer in named if owner == part})

    return of("detection"), of("action")


def separate_engine(
    *,
    detection: JointNetwork,
    identity: JointNetwork,
    action: JointNetwork,
    tracker: TrackerConfig | None = None,
) -> Engine:
    """Return the engine that runs three networks as one, see `SeparateNetworks`."""
    networks = SeparateNetworks(detection=detection, identity=identity, action=action)
    return engine_around(networks, networks.action.track_action, tracker=tracker)
