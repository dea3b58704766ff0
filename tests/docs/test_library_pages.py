"""The programs about the library run as they are printed, and its reference page is complete."""

from __future__ import annotations

import ast
import inspect
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import get_args

import cv2
import numpy as np
import pytest
from pydantic import BaseModel

import face_utils
from face_utils.quality import MIN_SIDE, QualityReason
from serving.analyzer_parts import LIMITS

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
HOW_TO = (ROOT / "docs" / "how-to" / "use-as-a-library.md").read_text(encoding="utf-8")
REFERENCE = (ROOT / "docs" / "reference" / "python-api.md").read_text(encoding="utf-8")
PROGRAMS = dict(re.findall(r"<!-- program: (\S+) -->\n```python\n(.*?)```", HOW_TO, re.DOTALL))
SECTIONS = dict(re.findall(r"^### (\w+)\n(.*?)(?=^##|\Z)", REFERENCE, re.DOTALL | re.MULTILINE))
FRAMES = 10
SPOKEN = r"happiness \(\d+ %\), [\d.]+ years \([\d.]+ to [\d.]+\), (unsure|(fe)?male \(\d+ %\))"


def readme_program() -> str:
    [program] = re.findall(r"```python\n([^`]*from face_utils[^`]*)```", README)
    return str(program)


@pytest.fixture(scope="module")
def folder(
    tmp_path_factory: pytest.TempPathFactory, face_image: np.ndarray, face_jpeg: bytes
) -> Path:
    """A folder with a photo, photos, and videos in place of cameras."""
    folder = tmp_path_factory.mktemp("library")
    (folder / "photo.jpg").write_bytes(face_jpeg)
    (folder / "photos").mkdir()
    (folder / "photos" / "face.jpg").write_bytes(face_jpeg)
    (folder / "photos" / "notes.txt").write_text("no image")
    codec = cv2.VideoWriter.fourcc(*"MJPG")
    video = cv2.VideoWriter(str(folder / "video.avi"), codec, 10, (512, 512))
    for number in range(FRAMES):
        video.write(np.roll(face_image, 4 * number, axis=1))
    video.release()
    for name in ("door.avi", "desk.avi"):
        shutil.copy(folder / "video.avi", folder / name)
    return folder


@pytest.fixture
def printed(folder: Path) -> Callable[..., list[str]]:
    """Runs a program in the folder, with warnings as errors, and gives its lines."""

    def run(program: str, *options: str) -> list[str]:
        program = program.replace("VideoCapture(0)", 'VideoCapture("video.avi")')
        result = subprocess.run(
            [sys.executable, "-W", "error", *(options or ("-c", program))],
            cwd=folder,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert (result.returncode, result.stderr) == (0, "")
        return result.stdout.splitlines()

    return run


def test_the_readme_s_program_has_four_lines() -> None:
    assert len(readme_program().replace("\n\n", "\n").splitlines()) == 4


def test_the_readme_s_program_prints_what_the_readme_says(
    printed: Callable[..., list[str]],
) -> None:
    [quoted] = re.findall(r"```\n(\{'emotion'.*\})\n```", README)
    [line] = printed(readme_program())

    said = ast.literal_eval(line)
    assert list(said) == ["emotion", "age", "gender"]
    assert re.fullmatch(SPOKEN, ", ".join(said.values()))
    assert words(line) == words(quoted)
    assert numbers(line) == pytest.approx(numbers(quoted), abs=1.5)


def words(text: str) -> list[str]:
    return re.findall(r"[a-z]+", text)


def numbers(text: str) -> list[float]:
    return [float(number) for number in re.findall(r"[\d.]+", text)]


def test_the_photo_is_analyzed(printed: Callable[..., list[str]]) -> None:
    size, face = printed(PROGRAMS["photo.py"])

    assert size == "512 by 512 pixels, faces: 1"
    assert face.startswith("face 1 at 17")
    assert "happiness" in face


def test_each_kind_of_prediction_is_read(printed: Callable[..., list[str]], folder: Path) -> None:
    lines = printed(PROGRAMS["predictions.py"])

    assert [line.split(":")[0] for line in lines] == ["emotion", "age", "gender"]
    assert re.fullmatch(r"age: \d+ years, probably \d+ to \d+", lines[1])
    result = face_utils.FrameResult.model_validate_json((folder / "result.json").read_text())
    assert len(result.faces) == 1


def test_a_folder_is_read_to_its_end(printed: Callable[..., list[str]]) -> None:
    assert printed(PROGRAMS["folder.py"]) == [
        "face.jpg, faces: 1",
        "notes.txt: Not a readable JPEG, PNG or WebP image.",
    ]


def test_a_video_keeps_the_face_s_id(printed: Callable[..., list[str]]) -> None:
    lines = printed(PROGRAMS["video.py"])

    assert len(lines) == FRAMES
    assert all(re.fullmatch(rf"0\.\d s: face 1, {SPOKEN}", line) for line in lines)


def test_a_camera_is_followed_by_the_clock(printed: Callable[..., list[str]]) -> None:
    lines = printed(PROGRAMS["camera.py"])

    assert len(lines) == FRAMES
    assert all(line.startswith("face 1 happiness") for line in lines)


def test_several_cameras_are_followed_at_once(printed: Callable[..., list[str]]) -> None:
    lines = printed(PROGRAMS["cameras.py"])

    assert sorted(lines) == ["desk.avi, faces: 1", "door.avi, faces: 1"]


@pytest.fixture
def model_server(free_port: Callable[[], int]) -> Iterator[str]:
    """The address of the server that the page says how to start."""
    assert "`python -m serving --port 8500`" in HOW_TO
    port = str(free_port())
    command = [sys.executable, "-m", "serving", "--port", port]
    quiet = subprocess.DEVNULL
    with subprocess.Popen(command, cwd=ROOT, stdout=quiet, stderr=quiet) as process:
        yield f"localhost:{port}"
        process.terminate()


def test_a_model_server_is_asked(printed: Callable[..., list[str]], model_server: str) -> None:
    [line] = printed(PROGRAMS["server.py"].replace("localhost:8500", model_server))

    assert re.fullmatch(SPOKEN, line)


def test_the_test_without_models_passes(printed: Callable[..., list[str]], folder: Path) -> None:
    (folder / "test_mood.py").write_text(PROGRAMS["test_mood.py"])

    lines = printed("", "-m", "pytest", "-q", "-p", "no:cacheprovider", "test_mood.py")

    assert lines[-1].startswith("1 passed")


def test_a_backend_of_one_s_own_is_asked(printed: Callable[..., list[str]]) -> None:
    [line] = printed(PROGRAMS["backend.py"])

    assert re.fullmatch(r"1[45][\d.]+ levels \(1[45][\d.]+ to 1[45][\d.]+\)", line)


def test_every_program_of_the_page_is_run_here() -> None:
    source = Path(__file__).read_text(encoding="utf-8")

    assert len(PROGRAMS) == HOW_TO.count("```python")
    assert [name for name in PROGRAMS if f'PROGRAMS["{name}"]' not in source] == []


def test_the_page_explains_every_reason() -> None:
    rows = re.findall(r"^\| `(\w+)` \|", HOW_TO, re.MULTILINE)

    assert [row for row in rows if row in get_args(QualityReason)] == list(get_args(QualityReason))
    assert f"smaller than {MIN_SIDE:.0f} pixels" in HOW_TO


def test_the_page_has_the_limits_of_a_file() -> None:
    limits = f"{LIMITS.max_bytes // 2**20} MiB or {LIMITS.max_pixels // 10**6} megapixels"

    assert limits in HOW_TO
    assert limits.replace(" or ", " and ") in REFERENCE


def test_the_reference_has_a_section_for_every_public_name() -> None:
    assert sorted(SECTIONS) == face_utils.__all__


@pytest.mark.parametrize(
    "name",
    [
        name
        for name in face_utils.__all__
        if inspect.isclass(public := getattr(face_utils, name)) and name != "ModelSpec"
    ],
)
def test_a_section_of_the_reference_names_every_public_attribute(name: str) -> None:
    code = " ".join(re.findall(r"`([^`]+)`", SECTIONS[name]))
    named = set(re.findall(r"\w+", code))

    assert public_attributes(getattr(face_utils, name)) <= named


def public_attributes(public: type) -> set[str]:
    """Fields, properties and methods of a class that are Mien's own."""
    if issubclass(public, BaseModel):
        return {*public.model_fields, *public.model_computed_fields}
    if issubclass(public, tuple):
        return set(public._fields)
    if issubclass(public, Exception):
        return set()
    own = set(vars(public)) | set(getattr(public, "__dataclass_fields__", ()))
    return {name for name in own if not name.startswith("_")} - HIDDEN.get(public.__name__, set())


HIDDEN = {
    "FakeBackend": {"is_available", "predict", "close"},  # as `Backend` has them
    "FrameReader": {"read", "read_image", "read_client_faces"},  # for the service
}


@pytest.mark.parametrize("method", ["open", "analyze", "reset", "close"])
def test_the_reference_has_the_signatures_of_the_analyzer(method: str) -> None:
    signature = inspect.signature(getattr(face_utils.Analyzer, method))
    parameters = [
        parameter.replace(annotation=inspect.Parameter.empty)
        for parameter in signature.parameters.values()
        if parameter.name not in {"self", "cls"}
    ]
    shown = str(inspect.Signature(parameters))

    assert f"{method}{shown}`" in SECTIONS["Analyzer"]
