from __future__ import annotations

import pickle

from mot_platform.schema import Vocabulary
from mot_platform.serving.replies import ModelDescription, Moved, NotHere, Opened


def test_replies_travel_between_processes() -> None:
    words = Vocabulary(class_names=("person",), action_ids=(1,), action_names=("sit",))
    replies = [
        Opened(epoch=2, next_seq=7, started_at=1.5, known=True),
        Moved(reason="why"),
        NotHere(),
        ModelDescription(uri="u", digest="d", input_wh=(160, 96), vocabulary=words, code_version="0"),
    ]
    assert pickle.loads(pickle.dumps(replies)) == replies
