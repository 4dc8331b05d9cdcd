"""What `associate --offline` brings on top of the online tracks, on sequences with ground truth.

    python benchmarks/hindsight.py DATA

DATA holds `MOT17` and `DanceTrack-val`, folders of SEQUENCE/{det/*.txt,gt/gt.txt,gmc.txt,seqinfo.ini}. MOT17
is associated with the defaults and scored on the second halves, for the detector has seen the first;
DanceTrack with the settings `dance`. Distance, gap and glide of the links were chosen on the sequences of the
column "chosen on", with an earlier tracker; how long a gap is filled, with all in sight.
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Iterator
from pathlib import Path

from rich.console import Console
from rich.table import Table

from mot_model.offline import OfflineConfig
from mot_model.tracker_config import TrackerConfig
from mot_platform.association.inputs import find_detections
from mot_platform.association.job import associate_files
from mot_platform.association.prepared import AssociationRequest
from mot_platform.config import load_config, named_config
from mot_platform.frame_range import FrameRange
from mot_platform.metrics.evaluation_report import SequenceScores
from mot_platform.metrics.score_files import score_files
from mot_platform.metrics.tracks.clear_identity import combine_clear, combine_identity
from mot_platform.metrics.tracks.hota import combine_hota

SETTINGS = {
    "online": None,
    "linked": OfflineConfig(fill_gap_s=0),
    "filled": OfflineConfig(link_gap_s=0),
    "linked and filled": OfflineConfig(),
}
DATA_SETS = {
    "MOT17": ("mot17", FrameRange(second_half=True), None, "pedestrian"),
    "DanceTrack-val": ("dancetrack", None, 20.0, "dance"),
}
"""Benchmark, frames, frame rate where no `seqinfo.ini` tells it, and tracker settings."""
CHOSEN_ON = {"MOT17": ("02", "05", "10"), "DanceTrack-val": ("04", "07", "14", "19", "26", "34")}


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("data", type=Path)
    options = parser.parse_args()
    table = Table(caption="HOTA / IDF1 / MOTA in %")
    for name in ("data", "camera motion", "setting", "all", "chosen on", "others"):
        table.add_column(name)
    for data in DATA_SETS:
        for camera_motion in (False, True):
            for name, cells in rows(options.data / data, camera_motion=camera_motion):
                table.add_row(data, "gmc.txt" if camera_motion else "none", name, *cells)
    Console(width=130).print(table)


def rows(folder: Path, *, camera_motion: bool) -> Iterator[tuple[str, list[str]]]:
    benchmark, frames, frame_rate_hz, settings = DATA_SETS[folder.name]
    tracker = load_config(named_config(settings, "tracker"), TrackerConfig)
    for name, offline in SETTINGS.items():
        with tempfile.TemporaryDirectory() as out:
            request = AssociationRequest(
                out=Path(out),
                tracker=tracker,
                frame_rate_hz=frame_rate_hz,
                with_camera_motion=camera_motion,
                frames=frames,
                offline=offline,
            )
            associate_files(find_detections(folder).files, request)
            report = score_files(folder, Path(out), benchmark=benchmark, frames=frames).report
        chosen = [part for part in report.sequences if part.name.endswith(CHOSEN_ON[folder.name])]
        others = [part for part in report.sequences if part not in chosen]
        yield name, [figures(list(report.sequences)), figures(chosen), figures(others)]


def figures(parts: list[SequenceScores]) -> str:
    hota = combine_hota([part.hota for part in parts]).hota.mean()
    idf1 = combine_identity([part.identity for part in parts]).idf1
    mota = combine_clear([part.clear for part in parts]).mota
    return f"{100 * hota:.2f} / {100 * idf1:.2f} / {100 * mota:.2f}"


if __name__ == "__main__":
    main()
