"""From a pose (joint angles) to joints in space: the forward kinematics of one standing-height-1 figure.

Body axes: x forward, y to the person's left, z up; the ground is z = 0. Lengths are fractions of the
standing height, proportions after Drillis and Contini (1966).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from mot_model.structures import Array

POSE_FIELDS = (
    "pitch",  # of the pelvis, forward positive
    "roll",  # of the pelvis, to the left positive
    "spine_pitch",
    "spine_roll",
    "spine_twist",
    "head_pitch",
    "head_turn",
    "arm_l",  # flexion: 0 hangs, 90 points forward, 180 up
    "arm_l_out",  # abduction: 0 hangs, 90 points to the side
    "forearm_l",
    "forearm_l_out",
    "thigh_l",
    "thigh_l_out",
    "shin_l",
    "arm_r",
    "arm_r_out",
    "forearm_r",
    "forearm_r_out",
    "thigh_r",
    "thigh_r_out",
    "shin_r",
    "lift",  # height of the lowest point above the ground, in body heights
    "shift",  # forward shift of the pelvis from where the person stands, in body heights
)
POSE_INDEX = {name: index for index, name in enumerate(POSE_FIELDS)}
LEFT = slice(POSE_INDEX["arm_l"], POSE_INDEX["arm_r"])
RIGHT = slice(POSE_INDEX["arm_r"], POSE_INDEX["lift"])
NUM_ANGLES = POSE_INDEX["lift"]

JOINTS = (
    *("pelvis", "waist", "neck", "head"),
    *("shoulder_l", "elbow_l", "wrist_l", "hand_l", "hip_l", "knee_l", "ankle_l", "toe_l"),
    *("shoulder_r", "elbow_r", "wrist_r", "hand_r", "hip_r", "knee_r", "ankle_r", "toe_r"),
)
JOINT_INDEX = {name: index for index, name in enumerate(JOINTS)}

ANKLE_HEIGHT, SHIN, THIGH, FOOT = 0.042, 0.243, 0.245, 0.105
PELVIS_TO_WAIST, WAIST_TO_NECK, NECK_TO_HEAD = 0.10, 0.195, 0.092
SHOULDER_HALF, HIP_HALF = 0.108, 0.052
UPPER_ARM, FOREARM, HAND = 0.165, 0.145, 0.055

# How far a joint's flesh reaches below it, used to set the figure on the ground.
_REACH = np.array(
    [0.07, 0.06, 0.05, 0.075] + 2 * [0.03, 0.025, 0.02, 0.02, 0.06, 0.04, ANKLE_HEIGHT, 0.022], np.float64
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Skeleton:
    """A posed figure of standing height 1, before it is turned and projected."""

    joints: Array
    """float64 `(20, 3)`, in the order of `JOINTS`."""
    pelvis_axes: Array
    """float64 `(3, 3)`, columns are the pelvis's forward, left and up."""
    torso_axes: Array
    """float64 `(3, 3)`, the same for the chest."""
    head_axes: Array
    """float64 `(3, 3)`, the same for the head."""


def pose(**values: float) -> Array:
    """Return a pose vector `(23,)`: angles are given in degrees and kept in radians, absent ones are 0.

    Raises:
        KeyError: if a name is not in `POSE_FIELDS`.
    """
    vector = np.zeros(len(POSE_FIELDS))
    for name, value in values.items():
        index = POSE_INDEX[name]
        vector[index] = np.deg2rad(value) if index < NUM_ANGLES else value
    return vector


def mirrored(vector: Array) -> Array:
    """Return the pose with left and right exchanged."""
    swapped = vector.copy()
    swapped[LEFT], swapped[RIGHT] = vector[RIGHT], vector[LEFT]
    for name in ("roll", "spine_roll", "spine_twist", "head_turn"):
        swapped[POSE_INDEX[name]] *= -1
    return swapped


def rotation(pitch: float, roll: float, turn: float) -> Array:
    """Return the matrix `(3, 3)` that turns about z, then rolls to the left, then pitches forward."""
    cp, sp, cr, sr, ct, st = (
        np.cos(pitch),
        np.sin(pitch),
        np.cos(roll),
        np.sin(roll),
        np.cos(turn),
        np.sin(turn),
    )
    about_y = np.array([[cp, 0, sp], [0, 1, 0], [-sp, 0, cp]])
    about_x = np.array([[1, 0, 0], [0, cr, sr], [0, -sr, cr]])
    about_z = np.array([[ct, -st, 0], [st, ct, 0], [0, 0, 1]])
    turned: Array = about_y @ about_x @ about_z
    return turned


def _direction(flexion: float, abduction: float, side: float) -> Array:
    """Return the unit vector of a limb that hangs at 0, swings forward by flexion and out by abduction."""
    out = np.cos(abduction)
    return np.array([np.sin(flexion) * out, side * np.sin(abduction), -np.cos(flexion) * out])


def _arm(angles: Array, shoulder: Array, axes: Array, side: float) -> list[Array]:
    upper = axes @ _direction(angles[0], angles[1], side)
    lower = axes @ _direction(angles[2], angles[3], side)
    elbow = shoulder + UPPER_ARM * upper
    wrist = elbow + FOREARM * lower
    return [shoulder, elbow, wrist, wrist + HAND * lower]


def _leg(angles: Array, hip: Array, axes: Array, side: float) -> list[Array]:
    thigh, out, shin = angles
    knee = hip + THIGH * (axes @ _direction(thigh, out, side))
    ankle = knee + SHIN * (axes @ _direction(shin, out * 0.6, side))
    # The foot stays level under a near-vertical shin and follows the shin beyond that.
    foot_pitch = np.pi / 2 - 0.19 + shin - np.clip(shin, -0.6, 0.5)
    return [hip, knee, ankle, ankle + FOOT * (axes @ _direction(foot_pitch, 0.15, side))]


def build_skeleton(vector: Array) -> Skeleton:
    """Return the joints of a pose `(23,)`, resting on the ground unless `lift` raises it."""
    pitch, roll, spine_pitch, spine_roll, spine_twist, head_pitch, head_turn = vector[:7]
    lift, shift = vector[NUM_ANGLES:]
    pelvis_axes = rotation(pitch, roll, 0.0)
    torso_axes = pelvis_axes @ rotation(spine_pitch, spine_roll, spine_twist)
    head_axes = torso_axes @ rotation(head_pitch, 0.0, head_turn)
    pelvis = np.zeros(3)
    waist = pelvis_axes[:, 2] * PELVIS_TO_WAIST
    neck = waist + torso_axes[:, 2] * WAIST_TO_NECK
    head = neck + torso_axes[:, 2] * 0.03 + head_axes @ np.array([0.012, 0.0, NECK_TO_HEAD - 0.03])
    points = [pelvis, waist, neck, head]
    for side, part in ((1.0, LEFT), (-1.0, RIGHT)):
        angles = vector[part]
        shoulder = neck + torso_axes @ np.array([0.0, side * SHOULDER_HALF, -0.03])
        hip = pelvis_axes @ np.array([0.0, side * HIP_HALF, -0.01])
        points += _arm(angles[:4], shoulder, torso_axes, side)
        points += _leg(angles[4:], hip, pelvis_axes, side)
    joints = np.array(points)
    joints[:, 2] += lift - float(np.min(joints[:, 2] - _REACH))
    joints[:, 0] += shift
    return Skeleton(joints=joints, pelvis_axes=pelvis_axes, torso_axes=torso_axes, head_axes=head_axes)
