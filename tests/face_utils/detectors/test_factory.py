from __future__ import annotations

from pathlib import Path

import pytest

from face_utils.detectors.factory import build_detector

NOWHERE = Path("nowhere") / "model.file"


def test_mien_s_own_detector_is_the_default(blazeface_file):
    assert build_detector("auto", blazeface_file, None).name == "mien"


def test_blazeface_can_be_selected(blazeface_file):
    assert build_detector("blazeface", blazeface_file, None).name == "blazeface"


def test_no_other_file_is_needed():
    assert build_detector("auto", NOWHERE, None).name == "mien"
    assert build_detector("haar", NOWHERE, None).name == "haar"


def test_haar_can_be_selected(blazeface_file):
    assert build_detector("haar", blazeface_file, None).name == "haar"


def test_selecting_blazeface_requires_its_file():
    with pytest.raises(FileNotFoundError, match=r"model\.file is missing\. Run `make setup`"):
        build_detector("blazeface", NOWHERE, None)


@pytest.mark.parametrize("choice", ["auto", "yunet"])
def test_a_configured_yunet_file_must_exist(blazeface_file, choice):
    with pytest.raises(FileNotFoundError, match=r"YuNet model .*model\.file is missing"):
        build_detector(choice, blazeface_file, NOWHERE)


def test_a_yunet_without_a_file_names_the_missing_file(blazeface_file):
    with pytest.raises(FileNotFoundError, match=r"face_detection_yunet_2023mar\.onnx is missing"):
        build_detector("yunet", blazeface_file, None)


@pytest.mark.parametrize("choice", ["auto", "yunet"])
def test_a_file_that_is_not_yunet_is_refused(blazeface_file, choice):
    with pytest.raises(ValueError, match="wrong checksum"):
        build_detector(choice, blazeface_file, blazeface_file)
