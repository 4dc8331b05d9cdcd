"""`mot-action associate`: detections in files to tracks in files, no network."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

from mot_jobs.association_display import AssociationDisplay, counts, remarks
from mot_jobs.terminal import EXIT_BAD_INPUT, EXIT_FAILED, errors, one_line_errors, print_json
from mot_model.offline import OfflineConfig
from mot_model.tracker_config import TrackerConfig
from mot_platform.association.inputs import find_detections
from mot_platform.association.job import associate_files
from mot_platform.association.prepared import AssociationRequest
from mot_platform.config import load_config, named_config
from mot_platform.frame_range import FrameRange

app = typer.Typer()


@app.command("associate")
def command(  # noqa: PLR0913 (the options of the command)
    det: Annotated[Path, typer.Argument(help="Detections: a file, a sequence, or a folder of either.")],
    out: Annotated[Path, typer.Option(help="Folder for SEQUENCE.txt.")],
    config: Annotated[
        str | None, typer.Option(help="Tracker settings: a YAML file, or a name such as pedestrian.")
    ] = None,
    fps: Annotated[
        float | None, typer.Option(help="Frames per second; default: seqinfo.ini, or 30 without.")
    ] = None,
    det_name: Annotated[str | None, typer.Option(help="Which file to take in SEQUENCE/det.")] = None,
    camera_motion: Annotated[
        Literal["auto", "off"], typer.Option(help="Whether to use SEQUENCE/gmc.txt where there is one.")
    ] = "auto",
    frames: Annotated[str | None, typer.Option(help="FIRST:LAST, from 1, or second-half.")] = None,
    offline: Annotated[
        bool, typer.Option("--offline", help="Afterwards link pieces of tracks and fill short gaps.")
    ] = False,
    workers: Annotated[int, typer.Option(min=1, help="Processes to share the files among.")] = 1,
    parquet: Annotated[bool, typer.Option("--parquet", help="Write SEQUENCE.parquet instead.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the counts as one line of JSON.")] = False,
) -> None:
    """Associate detections to tracks: MOTChallenge text or Parquet in and out.

    Example: mot-action associate MOT17/train --out tracks
    """
    with one_line_errors():
        found = find_detections(det, det_name=det_name)
        request = AssociationRequest(
            out=out,
            tracker=load_config(named_config(config, "tracker"), TrackerConfig),
            frame_rate_hz=fps,
            with_camera_motion=camera_motion == "auto",
            frames=FrameRange.parse(frames) if frames is not None else None,
            offline=OfflineConfig() if offline else None,
            as_parquet=parquet,
        )
        num_sequences = sum(len(file.sequences) for file in found.files)
        with AssociationDisplay(num_sequences, steps_seen=workers == 1) as display:
            summary = associate_files(
                found.files, request, workers=workers, on_result=display.done, on_frames=display.stepped
            )
    if found.ignored:
        errors.print(f"not taken for sequences, no folder det in them: {', '.join(found.ignored)}")
    for remark in remarks(summary):
        errors.print(remark, markup=False)
    if as_json:
        print_json(summary.figures())
    else:
        print(f"{summary.num_done} sequences, {counts(summary.results)}, {summary.seconds:.1f} s")
    if summary.failed:
        raise typer.Exit(EXIT_FAILED if summary.num_done else EXIT_BAD_INPUT)


if __name__ == "__main__":
    app()
