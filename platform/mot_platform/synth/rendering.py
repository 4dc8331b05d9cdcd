"""Renders a scene frame by frame, with the boxes and visibility measured on the rendered pixels.

Things are painted from far to near. A second picture, the owner map, keeps which person each pixel shows, so
a person's visible box is exact whatever stands before them. Light, blur and noise come after and move no
pixel.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import cv2
import numpy as np

from mot_model.structures import Array
from mot_platform.synth.backdrop import cloud_noise
from mot_platform.synth.figure import SOLID_ALPHA, View, draw_figure
from mot_platform.synth.patch import Overlap, Patch, darken_ellipse, lay_over, overlap_of
from mot_platform.synth.plan import Actor, Moment
from mot_platform.synth.props import Prop
from mot_platform.synth.scene import Scene
from mot_platform.synth.skeleton import build_skeleton


@dataclass(frozen=True, kw_only=True, slots=True)
class PersonRow:
    """One person in one frame."""

    track_id: int
    full_xyxy: tuple[float, float, float, float]
    """Box of the whole figure, which may leave the image."""
    visible_xyxy: tuple[float, float, float, float]
    """Box of the pixels that show the person; without any, an empty box in the middle of the full one."""
    visibility: float
    """Visible pixels over all pixels of the figure, inside the image or not."""
    action_ids: tuple[int, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class RenderedFrame:
    """A picture, who is where in it, and the map of which person every pixel shows."""

    pixels: Array
    """uint8 `(H, W, 3)`, RGB."""
    rows: tuple[PersonRow, ...]
    """Everybody with at least one pixel inside the image, hidden or not."""
    owner: Array
    """uint8 `(H, W)`, track id of the person shown, 0 where there is none."""


@dataclass(frozen=True, slots=True)
class _Placed:
    """A person's silhouette in a frame."""

    track_id: int
    solid: Array
    left: int
    top: int
    overlap: Overlap
    action_ids: tuple[int, ...]


class _Painter:
    """Paints the frames of one scene; holds what does not change from frame to frame."""

    def __init__(self, scene: Scene) -> None:
        self.scene = scene
        self.width, self.height = scene.stage.size_wh
        rng = np.random.default_rng(scene.noise_seed)
        grain = rng.normal(64, scene.noise_sigma, (self.height + 64, self.width + 64, 3))
        self.grain = np.clip(grain, 0, 128).astype(np.uint8)
        self.grain_at = rng.integers(0, 64, (scene.num_frames, 2))
        self.clouds = self._paint_clouds(rng) if scene.clouds else None

    def _paint_clouds(self, rng: np.random.Generator) -> Array:
        """Return the cover of clouds, uint8 alpha, twice as wide as the backdrop so that it can drift."""
        height, width = self.scene.backdrop.sky.shape
        noise = cloud_noise(rng, (height, 2 * width), cell_px=height / 4)
        return np.clip((noise - 0.2) * 160, 0, 220).astype(np.uint8)

    def paint_background(self, index: int, shift: Array) -> Array:
        """Return the backdrop as the camera sees it, with clouds."""
        backdrop = self.scene.backdrop
        x, y = shift[0] + backdrop.margin_wh[0], shift[1] + backdrop.margin_wh[1]
        if float(x).is_integer() and float(y).is_integer():
            frame: Array = backdrop.pixels[int(y) : int(y) + self.height, int(x) : int(x) + self.width].copy()
        else:
            move = np.array([[1, 0, -x], [0, 1, -y]])
            size = (self.width, self.height)
            frame = cv2.warpAffine(backdrop.pixels, move, size, borderMode=cv2.BORDER_REPLICATE)
        if self.clouds is not None:
            self._lay_clouds(frame, self.clouds, index, (round(x), round(y)))
        return frame

    def _lay_clouds(self, frame: Array, clouds: Array, index: int, at: tuple[int, int]) -> None:
        rows = int(np.clip(self.scene.stage.horizon_px + self.height * 0.2, 1, self.height))
        drift = int(index / self.scene.frame_rate_hz * self.width * 0.015) % self.width
        window = (slice(at[1], at[1] + rows), slice(at[0], at[0] + self.width))
        cover = clouds[at[1] : at[1] + rows, at[0] + drift : at[0] + drift + self.width]
        alpha = cv2.bitwise_and(cover, self.scene.backdrop.sky[window])
        rgba = cv2.merge([alpha, alpha, alpha, alpha])
        overlap = overlap_of(frame.shape, rgba.shape, left=0, top=0)
        if overlap is not None:
            lay_over(frame, rgba, overlap)

    def ground_px(self, xz: tuple[float, float], shift: Array) -> tuple[float, float]:
        """Return the image point of a ground point."""
        stage = self.scene.stage
        x = self.width / 2 + xz[0] * stage.scale_px(xz[1]) - shift[0]
        return float(x), float(stage.row_px(xz[1]) - shift[1])

    def paint_prop(self, prop: Prop, frame: Array, owner: Array, time_s: float, shift: Array) -> None:
        """Paint a thing and take its pixels from whoever is behind."""
        x, y = self.ground_px((prop.x_m + prop.speed * time_s, prop.depth_m), shift)
        height, width = prop.patch.rgba.shape[:2]
        if x + prop.patch.left_px > self.width + width or x + prop.patch.left_px + 2 * width < 0:
            return
        base_x, base_y = int(np.floor(x)), int(np.floor(y))
        rgba, room = prop.patch.rgba, 0
        if prop.sway or prop.speed or shift.any():
            lean = prop.sway * (np.sin(2.1 * time_s + prop.sway_phase) + 0.4 * np.sin(5.3 * time_s))
            room = int(prop.sway * 1.5 * height) + 1
            move = np.array([[1, -lean, x - base_x + room + lean * height], [0, 1, y - base_y]])
            rgba = cv2.warpAffine(rgba, move, (width + 2 * room, height + 1))
        left, top = base_x + prop.patch.left_px - room, base_y + prop.patch.top_px
        overlap = overlap_of(frame.shape, rgba.shape, left=left, top=top)
        if overlap is not None:
            lay_over(frame, rgba, overlap)
            owner[overlap.frame][rgba[overlap.patch][..., 3] >= SOLID_ALPHA] = 0

    def paint_person(
        self, actor: Actor, moment: Moment, frame: Array, owner: Array, shift: Array
    ) -> _Placed | None:
        """Paint a person and their shadow; return the silhouette, None if it is outside the image."""
        stage = self.scene.stage
        scale = stage.scale_px(moment.xz[1])
        height_px = actor.looks.height_m * scale
        x, y = self.ground_px(moment.xz, shift)
        if not -1.2 * height_px < x < self.width + 1.2 * height_px:
            return None
        base_x, base_y = int(np.floor(x)), int(np.floor(y))
        skeleton = build_skeleton(moment.pose)
        view = View(yaw=moment.yaw, tilt=stage.tilt(moment.xz[1]), scale_px=height_px)
        patch = draw_figure(skeleton, actor.looks, view, ground_xy=(x - base_x, y - base_y))
        patch = self._blurred(patch, moment, scale)
        left, top = base_x + patch.left_px, base_y + patch.top_px
        overlap = overlap_of(frame.shape, patch.rgba.shape, left=left, top=top)
        if overlap is None:
            return None
        spread = (patch.rgba.shape[1] * 0.36, height_px * 0.05)
        middle = left + patch.rgba.shape[1] / 2
        darken_ellipse(frame, centre=(middle, y), radii=spread, strength=0.3)
        lay_over(frame, patch.rgba, overlap)
        solid = patch.rgba[..., 3] >= SOLID_ALPHA
        owner[overlap.frame][solid[overlap.patch]] = actor.track_id
        return _Placed(actor.track_id, solid, left, top, overlap, moment.action_ids)

    def _blurred(self, patch: Patch, moment: Moment, scale: float) -> Patch:
        """Return the figure smeared along its way across the image."""
        across_px = abs(np.cos(moment.yaw)) * moment.speed * scale / self.scene.frame_rate_hz
        length = int(across_px * self.scene.shutter)
        if length < 2:
            return patch
        padded = cv2.copyMakeBorder(patch.rgba, 0, 0, length, length, cv2.BORDER_CONSTANT)
        return Patch(rgba=cv2.blur(padded, (length, 1)), left_px=patch.left_px - length, top_px=patch.top_px)

    def develop(self, frame: Array, index: int) -> Array:
        """Return the frame after camera blur, light and noise."""
        shift = self.scene.camera_shift
        moved = np.abs(shift[index] - shift[max(0, index - 1)]) * self.scene.shutter
        kernel = (1 + int(moved[0]), 1 + int(moved[1]))
        if max(kernel) > 1:
            frame = cv2.blur(frame, kernel)
        levels = np.arange(256)[:, None] * self.scene.light_gain[index]
        table = np.clip(255 * np.tanh(levels / 255 * 1.1) / np.tanh(1.1), 0, 255).astype(np.uint8)
        frame = cv2.LUT(frame, table[None])
        y, x = self.grain_at[index]
        grain = self.grain[y : y + self.height, x : x + self.width]
        developed: Array = cv2.addWeighted(frame, 1.0, grain, 1.0, -64.0)
        return developed

    def paint(self, index: int) -> RenderedFrame:
        """Return frame `index`."""
        scene = self.scene
        time_s, shift = index / scene.frame_rate_hz, scene.camera_shift[index]
        frame = self.paint_background(index, shift)
        owner = np.zeros((self.height, self.width), np.uint8)
        moments = {actor.track_id: actor.at(time_s) for actor in scene.actors}
        depths: list[tuple[float, Actor | Prop]] = [(moments[a.track_id].xz[1], a) for a in scene.actors]
        depths += [(prop.depth_m, prop) for prop in scene.props]
        placed = []
        for _, thing in sorted(depths, key=lambda pair: -pair[0]):
            if isinstance(thing, Prop):
                self.paint_prop(thing, frame, owner, time_s, shift)
            elif silhouette := self.paint_person(thing, moments[thing.track_id], frame, owner, shift):
                placed.append(silhouette)
        rows = tuple(row for row in (_measure(person, owner) for person in placed) if row is not None)
        rows = tuple(sorted(rows, key=lambda row: row.track_id))
        return RenderedFrame(pixels=self.develop(frame, index), rows=rows, owner=owner)


def _measure(person: _Placed, owner: Array) -> PersonRow | None:
    """Return the boxes and visibility of a silhouette, None if no pixel of it is inside the image."""
    if not person.solid[person.overlap.patch].any():
        return None
    x, y, width, height = cv2.boundingRect(person.solid.astype(np.uint8))
    left, top = person.left + x, person.top + y
    full = (float(left), float(top), float(left + width), float(top + height))
    seen = (owner[person.overlap.frame] == person.track_id).astype(np.uint8)
    num_seen = cv2.countNonZero(seen)
    visible = ((full[0] + full[2]) / 2, (full[1] + full[3]) / 2) * 2
    if num_seen:
        x, y, width, height = cv2.boundingRect(seen)
        left, top = person.overlap.frame[1].start + x, person.overlap.frame[0].start + y
        visible = (float(left), float(top), float(left + width), float(top + height))
    return PersonRow(
        track_id=person.track_id,
        full_xyxy=full,
        visible_xyxy=visible,
        visibility=num_seen / int(np.count_nonzero(person.solid)),
        action_ids=person.action_ids,
    )


def render(scene: Scene) -> Iterator[RenderedFrame]:
    """Yield every frame of a scene in order."""
    painter = _Painter(scene)
    for index in range(scene.num_frames):
        yield painter.paint(index)
