"""The actions that the figures know, with the names and ids of AVA v2.2."""

from __future__ import annotations

BEND = 1
CROUCH = 3
FALL_DOWN = 5
GET_UP = 6
JUMP = 7
LIE = 8
RUN = 10
SIT = 11
STAND = 12
WALK = 14
WAVE = 69

ACTION_NAMES: dict[int, str] = {
    BEND: "bend/bow (at the waist)",
    CROUCH: "crouch/kneel",
    FALL_DOWN: "fall down",
    GET_UP: "get up",
    JUMP: "jump/leap",
    LIE: "lie/sleep",
    RUN: "run/jog",
    SIT: "sit",
    STAND: "stand",
    WALK: "walk",
    WAVE: "hand wave",
}
"""Name of each action id, as in `ava_action_list_v2.2.pbtxt`."""

EASY_ACTIONS: tuple[int, ...] = (BEND, LIE, SIT, STAND, WALK, WAVE)
"""The clearly distinct postures and movements that difficulty `easy` shows."""
