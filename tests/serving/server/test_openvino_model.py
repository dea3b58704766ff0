from __future__ import annotations

import numpy as np
import pytest

from serving.contract import MODELS
from serving.server.openvino_model import BATCH_SIZES, Network
from serving.server.saved_model import UnfitModelError, default_signature, read_signatures

REAL_MODELS = sorted(path.parent for path in MODELS.glob("*/*/saved_model.pb"))


def network(folder):
    return Network(folder, default_signature(read_signatures(folder)), threads=1)


def assert_same(given, expected):
    assert given.keys() == expected.keys()
    for name, array in expected.items():
        assert given[name].dtype == array.dtype
        np.testing.assert_allclose(given[name], array, rtol=0, atol=1e-3)


@pytest.mark.parametrize(("name", "version"), [("mood", 1), ("mood", 2), ("years", 1)])
def test_answers_equal_those_of_tensorflow(toys, answers, name, version):
    inputs, expected = answers(name, version)

    assert_same(network(toys / "models" / name / str(version)).run(inputs), expected)


@pytest.mark.parametrize("folder", REAL_MODELS, ids=lambda path: f"{path.parent.name}-{path.name}")
def test_answers_of_our_own_models_equal_those_of_tensorflow(answers, folder):
    inputs, expected = answers(folder.parent.name, int(folder.name))

    assert_same(network(folder).run(inputs), expected)


def test_a_face_gets_the_same_answer_in_a_batch_of_any_size(toys, answers):
    inputs, expected = answers("years")
    years = network(toys / "models/years/1")

    for rows in range(1, BATCH_SIZES[-1] + 4):
        given = years.run({"image": inputs["image"][:rows]})
        assert_same(given, {name: array[:rows] for name, array in expected.items()})


def test_an_empty_batch_has_empty_answers(toys):
    outputs = network(toys / "models/mood/1").run({"image": np.zeros((0, 16, 16, 1), "u1")})

    assert outputs["probabilities"].shape == (0, 3)


def test_answers_are_not_overwritten_by_the_next_call(toys, answers):
    inputs, expected = answers("mood")
    mood = network(toys / "models/mood/1")

    first = mood.run({"image": inputs["image"][:1]})
    mood.run({"image": inputs["image"][1:2]})

    assert_same(first, {"probabilities": expected["probabilities"][:1]})


def test_a_model_without_its_weights_is_refused_in_one_line(models):
    folder = models / "mood/1"
    (folder / "variables/variables.index").write_bytes(b"")

    with pytest.raises(UnfitModelError, match=r"^OpenVINO cannot run the model: .+$"):
        network(folder)
