from __future__ import annotations

from pathlib import Path

from mot_platform.datasets.download.download_report import DownloadReport, FileOutcome


def outcome(status: str, *, required: bool = False) -> FileOutcome:
    return FileOutcome(name=status, status=status, required=required, received_bytes=5)


def test_only_what_is_required_makes_a_data_set_unusable() -> None:
    files = (outcome("fetched"), outcome("there"), outcome("failed"))
    report = DownloadReport(kind="ava", root=Path(), files=files)
    assert (report.fetched, report.already_there, report.failed) == tuple((file,) for file in files)
    assert report.usable
    assert report.received_bytes == 15
    assert not DownloadReport(kind="ava", root=Path(), files=(outcome("failed", required=True),)).usable
