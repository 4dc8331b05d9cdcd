"""The names of classes and actions of a source, numbered as they come up in its labels."""

# R boxes, A actions

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from mot_model.structures import Array
from mot_platform.datasets.readers.label_map import LabelMap
from mot_platform.datasets.readers.problem_log import ProblemLog
from mot_platform.datasets.readers.video_labels import VideoLabels


class Vocabulary:
    """Numbers the names of a source, after what a label map makes of them.

    Args:
        label_map: What names in the files mean here.
        log: Where names that it does not know are noted.
    """

    def __init__(self, label_map: LabelMap, log: ProblemLog) -> None:
        self._map = label_map
        self._log = log
        self._classes: dict[str, int] = {}
        self._actions: dict[str, int] = {}

    @property
    def class_names(self) -> tuple[str, ...]:
        """Names of the classes by number."""
        return tuple(self._classes)

    @property
    def action_names(self) -> tuple[str, ...]:
        """Names of the actions by column."""
        return tuple(self._actions)

    def translated(self, labels: VideoLabels) -> VideoLabels:
        """Return labels with the classes and actions of the source; boxes of no class are left out."""
        kept = self._with_classes(labels)
        return self._with_actions(kept)

    def widened(self, labels: VideoLabels) -> VideoLabels:
        """Return translated labels with the columns of actions that have come up since."""
        missing = len(self._actions) - len(labels.action_names)
        return replace(
            labels, action=np.pad(labels.action, ((0, 0), (0, missing))), action_names=self.action_names
        )

    def _with_classes(self, labels: VideoLabels) -> VideoLabels:
        numbers = np.full(len(labels.class_names), -1, np.int64)
        for place, name in enumerate(labels.class_names):
            here = self._name_here("class", name, self._map.classes, labels, labels.class_id == place)
            if here is not None:
                numbers[place] = self._classes.setdefault(here, len(self._classes))
        to_ignore = np.array([name in self._map.ignored for name in labels.class_names], bool)
        if not len(labels):
            return replace(labels, class_names=self.class_names)
        translated = replace(
            labels,
            class_id=numbers[labels.class_id],
            class_names=self.class_names,
            ignored=labels.ignored | to_ignore[labels.class_id],
        )
        return translated[translated.class_id >= 0]

    def _with_actions(self, labels: VideoLabels) -> VideoLabels:
        columns = []
        for place, name in enumerate(labels.action_names):
            here = self._name_here("action", name, self._map.actions, labels, labels.action[:, place])
            columns.append(-1 if here is None else self._actions.setdefault(here, len(self._actions)))
        action = np.zeros((len(labels), len(self._actions)), bool)
        for place, column in enumerate(columns):
            if column >= 0:
                action[:, column] |= labels.action[:, place]
        return replace(labels, action=action, action_names=self.action_names)

    def _name_here(
        self,
        kind: str,
        name: str,
        mapping: Mapping[str, str | None] | None,
        labels: VideoLabels,
        of_rows: Array,
    ) -> str | None:
        """Return what a name is called here, None to leave it out; one that is not mapped is noted."""
        if mapping is None:
            return name
        if name in mapping:
            return mapping[name]
        if kind == "class" and name in self._map.ignored:
            return name
        rows = np.flatnonzero(of_rows)
        if len(rows):
            self._log.add(
                f"a {kind} that is not in the label map",
                labels.places.of(int(rows[0])),
                f"{kind} {name!r} is not in the label map; left out of {len(rows)} boxes",
            )
        return None
