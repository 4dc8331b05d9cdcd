"""What an evaluation found, per sequence and combined, ready for JSON, tables and MLflow."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field

from mot_platform.metrics.actions.action_accuracy import ActionAccuracy
from mot_platform.metrics.actions.action_map import ActionMap
from mot_platform.metrics.actions.action_samples import ActionScores
from mot_platform.metrics.boxes.detection_map import DetectionScores
from mot_platform.metrics.identity.separation import IdentitySeparation
from mot_platform.metrics.tracks.clear_identity import ClearScores, IdentityScores
from mot_platform.metrics.tracks.hota import HotaScores
from mot_platform.metrics.tracks.wrong_identity import WrongIdentity

COMBINED = "COMBINED"


@dataclass(frozen=True, kw_only=True, slots=True)
class SequenceScores:
    """All scores of one sequence, or of all together under the name `COMBINED`."""

    name: str
    num_frames: int
    hota: HotaScores
    clear: ClearScores
    identity: IdentityScores
    """HOTA, CLEAR and Identity follow TrackEval's definitions; they are the headline."""
    wrong_identity: WrongIdentity
    motmetrics: Mapping[str, float] = field(default_factory=dict)
    """The same counts as motmetrics defines them, under its names; empty when not asked for."""
    detection: DetectionScores
    action_map: ActionMap | None = None
    """None where the ground truth or the predictions have no actions."""
    action_accuracy: ActionAccuracy | None = None
    """Along the tracks that CLEAR matches to each person."""
    identified_action_accuracy: ActionAccuracy | None = None
    """Along each person's own track: both the identity and the action must be right."""

    def to_dict(self) -> dict[str, object]:
        """Return every field for JSON; undefined figures are None."""
        finite = {key: value if math.isfinite(value) else None for key, value in self.motmetrics.items()}
        return {
            "name": self.name,
            "num_frames": self.num_frames,
            "HOTA": self.hota.to_dict(),
            "CLEAR": self.clear.to_dict(),
            "Identity": self.identity.to_dict(),
            "wrong_identity": self.wrong_identity.to_dict(),
            "motmetrics": finite,
            "detection": self.detection.to_dict(),
            "action_map": self.action_map and self.action_map.to_dict(),
            "action_accuracy": self.action_accuracy and self.action_accuracy.to_dict(),
            "identified_action_accuracy": (
                self.identified_action_accuracy and self.identified_action_accuracy.to_dict()
            ),
        }

    def scalars(self) -> dict[str, float]:
        """Return the figures that fit a table row or an MLflow metric, undefined ones left out.

        All are shares in [0, 1] (MOTA can be negative) or counts.
        """
        hota, clear = self.hota, self.clear
        figures: dict[str, float] = {
            "HOTA": float(hota.hota.mean()),
            "DetA": float(hota.det_a.mean()),
            "AssA": float(hota.ass_a.mean()),
            "LocA": float(hota.loc_a.mean()),
            "MOTA": clear.mota,
            "MOTP": clear.motp,
            "IDF1": self.identity.idf1,
            "IDP": self.identity.precision,
            "IDR": self.identity.recall,
            "recall": clear.recall,
            "precision": clear.precision,
            "FP": clear.false_positives,
            "FN": clear.false_negatives,
            "IDSW": clear.id_switches,
            "Frag": clear.fragmentations,
            "MT": clear.mostly_tracked,
            "PT": clear.partly_tracked,
            "ML": clear.mostly_lost,
            "wrong_identity_share": self.wrong_identity.wrong_share,
            "wrong_identity_mean_s": self.wrong_identity.mean_s,
            "wrong_identity_max_s": self.wrong_identity.max_s,
            "detection_mAP": self.detection.mean_ap,
            "detection_AP50": self.detection.ap50,
            "detection_AP75": self.detection.ap75,
        }
        if self.motmetrics:
            figures |= {
                "motmetrics_MOTA": self.motmetrics["mota"],
                "motmetrics_IDF1": self.motmetrics["idf1"],
            }
        if self.action_map:
            figures["action_mAP"] = self.action_map.mean_ap
        if self.action_accuracy:
            figures["action_accuracy"] = self.action_accuracy.accuracy
            figures["action_accuracy_of_matched"] = self.action_accuracy.accuracy_of_matched
            figures["action_majority_accuracy"] = self.action_accuracy.majority_accuracy
            figures["action_mean_recall"] = self.action_accuracy.mean_recall
        if self.identified_action_accuracy:
            figures["identified_action_accuracy"] = self.identified_action_accuracy.accuracy
        return {name: value for name, value in figures.items() if math.isfinite(value)}


@dataclass(frozen=True, kw_only=True, slots=True)
class EvaluationReport:
    """The scores of every sequence, and of all of them taken together."""

    benchmark: str
    sequences: tuple[SequenceScores, ...]
    combined: SequenceScores
    action_names: Mapping[int, str] = field(default_factory=dict)
    other_actions: Mapping[str, ActionScores] = field(default_factory=dict)
    """By the name of another reading of the actions of the same tracks, see `action_readings`."""
    separation: IdentitySeparation | None = None
    """How well embeddings tell people apart; None where there are none, or nobody knows who is who."""

    def to_dict(self) -> dict[str, object]:
        """Return the whole report for JSON."""
        return {
            "benchmark": self.benchmark,
            "action_names": {str(action): name for action, name in self.action_names.items()},
            "sequences": [scores.to_dict() for scores in self.sequences],
            "combined": self.combined.to_dict(),
            "other_actions": {name: scores.to_dict() for name, scores in self.other_actions.items()},
            "identity_separation": self.separation and self.separation.to_dict(),
        }

    def scalars(self) -> dict[str, float]:
        """Return the combined figures, flat, for MLflow."""
        figures = self.combined.scalars()
        for name, scores in self.other_actions.items():
            figures[f"{name}/action_mAP"] = scores.action_map.mean_ap
            figures[f"{name}/action_accuracy"] = scores.found.accuracy
        if self.separation:
            figures |= {f"identity/{name}": value for name, value in self.separation.scalars().items()}
        return {name: value for name, value in figures.items() if math.isfinite(value)}
