from __future__ import annotations

import numpy as np
import pytest

from serving.contract import MODELS
from serving.server.openvino_model import BATCH_SIZES, OpenVinoModel
from serving.server.saved_model import InvalidModelError, default_signature, read_signatures

REAL_MODELS = sorted(path.parent for path in MODELS.glob("*/*/saved_model.pb"))


def network(folder):
    return OpenVinoModel(folder, default_signature(read_signatures(folder)), threads=1)


def assert_same(given, expected):
    assert given.keys() == expected.keys()
    for name, array in expected.items():
        assert given[name].dtype == array.dtype
        np.testing.assert_allclose(given[name], array, rtol=0, atol=1e-3)


@pytest.mark.parametrize(("name", "version"), [("mood", 1), ("mood", 2), ("years", 1)])
def test_outputs_equal_those_of_tensorflow(samples, expected_outputs, name, version):
    inputs, expected = expected_outputs(name, version)

    assert_same(network(samples / "models" / name / str(version)).run(inputs), expected)


@pytest.mark.parametrize("folder", REAL_MODELS, ids=lambda path: f"{path.parent.name}-{path.name}")
def test_outputs_of_our_own_models_equal_those_of_tensorflow(expected_outputs, folder):
    inputs, expected = expected_outputs(folder.parent.name, int(folder.name))

    assert_same(network(folder).run(inputs), expected)


def test_a_face_gets_the_same_outputs_in_a_batch_of_any_size(samples, expected_outputs):
    inputs, expected = expected_outputs("years")
    years = network(samples / "models/years/1")

    for rows in range(1, BATCH_SIZES[-1] + 4):
        given = years.run({"image": inputs["image"][:rows]})
        assert_same(given, {name: array[:rows] for name, array in expected.items()})


def test_an_empty_batch_has_empty_outputs(samples):
    outputs = network(samples / "models/mood/1").run({"image": np.zeros((0, 16, 16, 1), "u1")})

    assert outputs["probabilities"].shape == (0, 3)


def test_outputs_are_not_overwritten_by_the_next_call(samples, expected_outputs):
    inputs, expected = expected_outputs("mood")
    mood = network(samples / "models/mood/1")

    first = mood.run({"image": inputs["image"][:1]})
    mood.run({"image": inputs["image"][1:2]})

    assert_same(first, {"probabilities": expected["probabilities"][:1]})


def test_a_model_without_its_weights_is_refused_in_one_line(models):
    folder = models / "mood/1"
    (folder / "variables/variables.index").write_bytes(b"")

    with pytest.raises(InvalidModelError, match=r"^OpenVINO cannot run the model: .+$"):
        network(folder)
