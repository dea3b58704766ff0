"""The programs of docs/tutorials/first-client.md print what the page says."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import cv2
import pytest

from tests.support.app_process import AppProcess
from tests.support.moving_face import draw_face, jpeg

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "tutorials" / "first-client.md").read_text(encoding="utf-8")
PROGRAMS = dict(
    re.findall(r"<!-- program: (\S+) -->\n```python\n(.*?)```", PAGE, re.DOTALL),
)
CONNECT = 'client.connect("http://127.0.0.1:5000")\n'
FRAMES = 30


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with a photo, and a video in place of the webcam."""
    (tmp_path / "photo.jpg").write_bytes(jpeg(0.0))
    codec = cv2.VideoWriter.fourcc(*"MJPG")
    video = cv2.VideoWriter(str(tmp_path / "video.avi"), codec, 10, (640, 480))
    for number in range(FRAMES):
        video.write(draw_face(number / FRAMES))
    video.release()
    return tmp_path


def printed(program: str, app: AppProcess, folder: Path) -> str:
    program = program.replace("http://127.0.0.1:5000", app.url)
    program = program.replace("VideoCapture(0)", 'VideoCapture("video.avi")')
    command = [sys.executable, "-c", program]
    result = subprocess.run(
        command, cwd=folder, capture_output=True, text=True, timeout=60, check=True
    )
    return result.stdout


def test_the_photo_is_analysed(app: AppProcess, folder: Path) -> None:
    ack = printed(PROGRAMS["photo.py"], app, folder)
    assert ack.startswith("{'seq': 0, 'status': 'analysed', 'width': 640, 'height': 480, 'faces':")
    assert "'id': 1" in ack


def test_the_live_client_prints_every_model(app: AppProcess, folder: Path) -> None:
    lines = printed(PROGRAMS["live.py"], app, folder).splitlines()
    assert not [line for line in lines if not re.fullmatch(r"face \d+ \w+ [\w.]+", line)]
    assert "face 1 emotion happiness" in lines
    assert [line for line in lines if re.fullmatch(r"face 1 gender \w+", line)]
    assert [line for line in lines if re.fullmatch(r"face 1 age [\d.]+", line)]


def test_the_setting_slows_emotion_down_and_leaves_age_out(app: AppProcess, folder: Path) -> None:
    assert CONNECT in PROGRAMS["live.py"]
    program = PROGRAMS["live.py"].replace(CONNECT, CONNECT + PROGRAMS["configure.py"])
    lines = printed(program, app, folder).splitlines()
    assert not [line for line in lines if "age" in line]
    assert 2 <= len([line for line in lines if "emotion" in line]) < FRAMES / 2
