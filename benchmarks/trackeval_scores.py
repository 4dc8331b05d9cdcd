"""Scores by TrackEval itself, in a process of its own, for `evaluation.py`; needs `trackeval` and NumPy.

    python benchmarks/trackeval_scores.py FOLDER BENCHMARK OUT.json [--cores N]

FOLDER is laid out as `evaluation.py` does: `gt/SEQUENCE/gt/gt.txt` with `seqinfo.ini`, `seqmap.txt`, and
`trackers/one/data/SEQUENCE.txt`. OUT gets every field of HOTA, CLEAR and Identity as `FAMILY.FIELD`, by
sequence and under COMBINED_SEQ; the last line printed is the seconds that reading and scoring took.
"""

from __future__ import annotations

import argparse
import json
import time
from pathlib import Path

import numpy as np
import trackeval

BENCHMARKS = {"mot15": "MOT15", "mot16": "MOT16", "mot17": "MOT17", "mot20": "MOT20", "dancetrack": "MOT15"}
"""DanceTrack has no classes and no ignored rows: the rules that TrackEval has for MOT15."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("benchmark", choices=BENCHMARKS)
    parser.add_argument("out", type=Path)
    parser.add_argument("--cores", type=int, default=1)
    options = parser.parse_args()
    dataset = trackeval.datasets.MotChallenge2DBox(
        {
            "GT_FOLDER": str(options.folder / "gt"),
            "TRACKERS_FOLDER": str(options.folder / "trackers"),
            "SEQMAP_FILE": str(options.folder / "seqmap.txt"),
            "BENCHMARK": BENCHMARKS[options.benchmark],
            "SKIP_SPLIT_FOL": True,
            "TRACKERS_TO_EVAL": ["one"],
            "PRINT_CONFIG": False,
        }
    )
    quiet = ("PRINT_CONFIG", "PRINT_RESULTS", "OUTPUT_SUMMARY", "OUTPUT_DETAILED", "PLOT_CURVES")
    settings = dict.fromkeys((*quiet, "TIME_PROGRESS", "OUTPUT_EMPTY_CLASSES"), False)
    evaluator = trackeval.Evaluator(
        settings
        | {"USE_PARALLEL": options.cores > 1, "NUM_PARALLEL_CORES": options.cores, "BREAK_ON_ERROR": True}
    )
    metrics = trackeval.metrics.HOTA(), trackeval.metrics.CLEAR(), trackeval.metrics.Identity()
    begun_s = time.perf_counter()
    results, _ = evaluator.evaluate([dataset], list(metrics))
    took_s = time.perf_counter() - begun_s
    scores = {
        sequence: {
            f"{family}.{field}": np.asarray(value).tolist()
            for family, fields in classes["pedestrian"].items()
            for field, value in fields.items()
        }
        for sequence, classes in results["MotChallenge2DBox"]["one"].items()
    }
    options.out.write_text(json.dumps(scores))
    print(took_s)


if __name__ == "__main__":
    main()
