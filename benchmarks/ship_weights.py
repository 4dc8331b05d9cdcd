"""Makes the weights that come with the package from a finished run, and their model card.

    python benchmarks/ship_weights.py runs/nano --name nano --data HELD_OUT --hardware "2 CPU cores"

Kernels are stored as float16. Settings of the tracker that were chosen for these weights go into the file
with --tracker FILE. The stored file is then evaluated on HELD_OUT, a corpus of `mot-action data synth` that
the training has not seen, and the card is written from what was found and from the folder of the run; commit
both files. A corpus that the run was trained on may lie elsewhere now: --moved OLD=NEW, where its corpus.json
is enough.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from mot_platform import shipped_weights
from mot_platform.shipping.card import SCORES
from mot_platform.shipping.ship import ship


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("run", type=Path, help="folder of the run")
    parser.add_argument("--name", required=True, help="what --weights will take")
    parser.add_argument("--data", type=Path, required=True, help="held-out synthetic corpus")
    parser.add_argument("--hardware", required=True, help="what the training ran on, in words")
    parser.add_argument("--tracker", type=Path, help="settings of the tracker, a YAML file")
    parser.add_argument("--moved", action="append", default=[], metavar="OLD=NEW", help="a corpus")
    options = parser.parse_args()
    moved = dict(one.split("=", 1) for one in options.moved)
    card = ship(
        options.run,
        options.name,
        data=options.data,
        hardware=options.hardware,
        tracker=options.tracker,
        moved={old: Path(new) for old, new in moved.items()},
        video_done=lambda video: print("evaluated", video, flush=True),
    )
    for name, words in SCORES.items():
        print(f"{words}: {card.evaluation.scores.get(name)}")
    print(shipped_weights.FOLDER / f"{card.name}{shipped_weights.WEIGHTS_SUFFIX}", card.digest)


if __name__ == "__main__":
    main()
