"""docs/how-to/own-model.md: from a folder of pictures to a prediction of your own model."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from zipfile import ZipFile

import cv2
import numpy as np
import pytest

from serving.contract import load_contract
from serving.training.alignment import load_faces
from serving.training.commands import build_parser, open_job
from serving.training.dataset import with_enough_epochs
from serving.training.readers.labels import VOTE_COLUMNS
from serving.training.recipe_files import load_recipe
from tests.support.app_process import AppProcess, running_app
from tests.support.moving_face import draw_face
from tests.web.recorder import connected

ROOT = Path(__file__).parents[3]
PAGE = (ROOT / "docs" / "how-to" / "own-model.md").read_text(encoding="utf-8")
(TABLE,) = re.findall(r"```toml\n(.*?)```", PAGE, re.DOTALL)
(PROGRAM,) = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)

# It trains: half a minute on an idle machine, and much more on a busy one.
pytestmark = pytest.mark.timeout(1800)


def smiling(step: float) -> np.ndarray:
    return draw_face(step)


def covered(step: float) -> np.ndarray:
    """The same woman with a hand's breadth of cloth before her smile."""
    image = draw_face(step).copy()
    zoom = 1.6 + 0.2 * np.sin(2 * np.pi * step)
    x, y = 320 + 0.06 * 640 * np.sin(2 * np.pi * step), 240 + 0.04 * 480 * np.cos(2 * np.pi * step)
    left, top = int(x - 35 * zoom), int(y + 22 * zoom)
    cv2.rectangle(image, (left, top), (left + int(70 * zoom), top + int(45 * zoom)), (225,) * 3, -1)
    return image


def worse(image: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    noisy = image * rng.uniform(0.5, 1.2) + rng.normal(0, 8, image.shape)
    return np.clip(noisy, 0, 255).astype(np.uint8)


@pytest.fixture(scope="module")
def data(tmp_path_factory) -> Path:
    folder, rng = tmp_path_factory.mktemp("pictures"), np.random.default_rng(0)
    for label, draw in {"smiling": smiling, "serious": covered}.items():
        (folder / "smile" / label).mkdir(parents=True)
        for i in range(60):
            image = worse(draw(rng.random()), rng)
            cv2.imwrite(str(folder / "smile" / label / f"{i}.jpg"), image)
    return folder


@pytest.fixture(scope="module")
def made(data, tmp_path_factory) -> Path:
    """Holds the contract with the page's table, and the model that the command made for it."""
    folder = tmp_path_factory.mktemp("own")
    (folder / "models.toml").write_text(TABLE)
    (folder / "README.md").touch()
    places = {"contract": "models.toml", "models": "models", "reports": "reports", "cache": "cache"}
    options = [f"--{name}={folder / place}" for name, place in places.items()]
    options += [f"--data={data}", f"--readme={folder / 'README.md'}"]
    command = [sys.executable, "-m", "serving.training.train", "smile", *options]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    return folder


@pytest.fixture(scope="module")
def app(made) -> Iterator[AppProcess]:
    settings = {"MIEN_CONTRACT": str(made / "models.toml"), "MIEN_MODELS": str(made / "models")}
    with running_app(**settings) as process:
        yield process


@pytest.mark.parametrize(("label", "draw"), [("smiling", smiling), ("serious", covered)])
def test_a_folder_of_pictures_becomes_a_prediction_on_the_wire(app, label, draw):
    frame = cv2.imencode(".jpg", draw(0.3))[1].tobytes()
    with connected(app.url) as client:
        assert [model["name"] for model in client.wait_for("session")["models"]] == ["smile"]
        ack = client.call("frame", {"seq": 1}, frame)
        prediction = client.wait_for("prediction", model="smile", seq=1)
    assert [face["quality"]["ok"] for face in ack["faces"]] == [True]
    assert [face["label"] for face in prediction["faces"]] == [label]


def test_the_contract_gets_the_measured_quality(made):
    assert re.search(r"^quality = \{ smile_accuracy = \d", (made / "models.toml").read_text(), re.M)


def test_a_model_without_a_recipe_gets_the_default_one_and_the_folder_of_its_name():
    recipe = load_recipe("smile")
    assert recipe.data == ("smile",)
    assert recipe.auxiliary_models == ()


@pytest.mark.parametrize(("faces", "epochs"), [(4000, 30), (40, 120)])
def test_a_small_folder_gets_more_epochs(faces, epochs):
    assert with_enough_epochs(load_recipe("smile"), faces).epochs == epochs


def test_pictures_are_aligned_again_when_the_folder_has_changed(data, tmp_path):
    before = len(load_faces(["smile"], data, tmp_path))
    (kept,) = tmp_path.glob("smile-*.npz")
    framed = kept.stat().st_mtime_ns
    load_faces(["smile"], data, tmp_path)
    assert kept.stat().st_mtime_ns == framed
    cv2.imwrite(str(data / "smile" / "smiling" / "another.jpg"), smiling(0.77))
    assert len(load_faces(["smile"], data, tmp_path)) == before + 1


def test_older_pictures_in_another_folder_are_aligned_separately(data, tmp_path):
    fewer, cache = Path(shutil.copytree(data, tmp_path / "fewer")), tmp_path / "cache"
    for picture_file in sorted((fewer / "smile" / "smiling").iterdir())[:30]:
        picture_file.unlink()
    few = len(load_faces(["smile"], fewer, cache))
    assert few < len(load_faces(["smile"], data, cache))


def test_an_unknown_model_is_refused_with_the_known_ones():
    with pytest.raises(SystemExit, match=r"has no model grin\. Known models: emotion, age, gender"):
        open_job(build_parser("Trains a model.").parse_args(["grin"]))


def test_the_table_of_the_page_is_a_contract(tmp_path):
    (tmp_path / "models.toml").write_text(TABLE)
    assert load_contract(tmp_path / "models.toml")["smile"].labels == ("serious", "smiling")


def test_the_program_of_the_page_sorts_faces_by_their_votes(tmp_path):
    """Of four faces, two are clear."""
    (tmp_path / "checkout").mkdir()
    (tmp_path / "shared" / "data").mkdir(parents=True)
    png = cv2.imencode(".png", np.zeros((48, 48), np.uint8))[1].tobytes()
    with ZipFile(tmp_path / "shared" / "data" / "ferplus.zip", "w") as archive:
        lines = ["file,split,sha1," + ",".join(f"votes_{name.lower()}" for name in VOTE_COLUMNS)]
        for i, happiness in enumerate([10, 0, 5, 1]):
            archive.writestr(f"{i}.png", png)
            lines.append(f"{i}.png,Training,{i},{10 - happiness},{happiness}" + 8 * ",0")
        archive.writestr("labels.csv", "\n".join(lines))
    command = [sys.executable, "-c", PROGRAM]
    paths = os.environ | {"PYTHONPATH": str(ROOT)}
    subprocess.run(command, cwd=tmp_path / "checkout", check=True, timeout=60, env=paths)
    found = (tmp_path / "checkout" / "pictures" / "smile").glob("*/*")
    assert sorted(f"{file.parent.name}/{file.name}" for file in found) == [
        "serious/1.png",
        "smiling/0.png",
    ]
