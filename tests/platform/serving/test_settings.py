from __future__ import annotations

import pytest

from mot_platform.serving.settings import Limits, ServeConfig, SessionPolicy


@pytest.mark.parametrize(
    ("make", "message"),
    [
        pytest.param(lambda: Limits(window=0), "limits.window must be positive, got 0", id="limit"),
        pytest.param(lambda: SessionPolicy(keep_s=-1), "sessions.keep_s must be positive", id="policy"),
        pytest.param(lambda: ServeConfig(weights="w", store="s", replicas=0), "replicas must be", id="none"),
        pytest.param(
            lambda: ServeConfig(weights="w", store="s", gpus_per_replica=-1),
            "must not be negative",
            id="gpus",
        ),
    ],
)
def test_an_impossible_setting_is_refused_by_name(make, message) -> None:
    with pytest.raises(ValueError, match=message):
        make()
