"""Where YuNet's file is, it is used, and wins the automatic choice."""

from __future__ import annotations

from face_utils.detectors.factory import build_detector


def test_auto_takes_yunet_where_its_file_is_and_blazeface_where_not(blazeface_file, yunet_file):
    given = yunet_file if yunet_file.is_file() else None

    chosen = build_detector("auto", blazeface_file, given)

    assert chosen.name == ("yunet" if given else "blazeface")
