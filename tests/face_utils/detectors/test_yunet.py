"""YuNet wins the automatic choice where the operator gives its file."""

from __future__ import annotations

from face_utils.detectors.factory import build_detector


def test_auto_takes_yunet_where_its_file_is_given(blazeface_file, yunet_file):
    assert build_detector("auto", blazeface_file, yunet_file).name == "yunet"


def test_auto_takes_blazeface_where_no_yunet_file_is_given(blazeface_file):
    assert build_detector("auto", blazeface_file, None).name == "blazeface"
