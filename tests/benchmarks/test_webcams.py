"""Simulated webcams: every camera moves without jumps, with clips and without."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from benchmarks import webcams


@pytest.fixture(params=["clips", "drawn"])
def source(request, monkeypatch, tmp_path):
    if request.param == "drawn":
        monkeypatch.setattr(webcams, "CLIPS", tmp_path)
    elif not webcams.CLIPS.is_dir():
        pytest.skip("no clips in ../shared")
    return request.param


@pytest.mark.parametrize("build", [webcams.one_face, webcams.three_faces])
def test_all_cameras_have_a_cycle_of_three_seconds(source, build):
    cameras = build(10)

    assert len(cameras) == 4
    for camera in cameras:
        assert len(camera) == 30
        assert cv2.imdecode(np.frombuffer(camera[0], np.uint8), cv2.IMREAD_COLOR).shape[0] == 480


def test_a_cycle_has_no_jump_at_its_end(source):
    camera = webcams.one_face(10)[0]

    images = [cv2.imdecode(np.frombuffer(jpeg, np.uint8), 0).astype(int) for jpeg in camera]
    steps = [np.abs(a - b).mean() for a, b in zip(images, [*images[1:], images[0]], strict=True)]

    assert steps[-1] <= max(steps[:-1])


def test_cameras_differ(source):
    assert len({camera[0] for camera in webcams.one_face(10)}) == 4


def test_the_page_camera_has_one_jpeg_per_frame(source, tmp_path):
    webcams.write_camera(tmp_path / "camera.mjpeg")

    assert (tmp_path / "camera.mjpeg").read_bytes().count(b"\xff\xd8\xff") == 94
