from __future__ import annotations

import json
from dataclasses import replace

import keras
import numpy as np
import pytest
import tensorflow as tf
from tensorflow_serving.apis import prediction_log_pb2

from face_utils.quiet_openvino import openvino
from serving.contract import load_contract
from serving.training import calibrate, evaluate, export, train
from serving.training.calibration import Calibration
from serving.training.losses import heads_loss, label_loss
from serving.training.network import average_mirrored, keep_classes, mini_xception
from serving.training.prediction import quantile, softmax
from serving.training.recipe import Network
from serving.training.recipe_files import RECIPES, load_recipe
from serving.training.runtimes import run_tensorflow
from serving.training.warmup import BATCHES, REQUESTS, write_warmup

# Keras 3 reads its variables in a way that numpy 2 calls old.
pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")

TINY = Network(stem=4, widths=(4, 8), pooled_blocks=1, dropout=0.0)


def make_all(job, contract):
    train.run(job)
    calibrate.run(job)
    export.run(job)
    evaluate.run(job, job.data / "reports", contract, readme_of(job))


def readme_of(job):
    page = job.data / "README.md"
    page.write_text("<!-- figures -->\n<!-- /figures -->\n")
    return page


@pytest.mark.parametrize("model", ["emotion", "age"])
def test_one_command_makes_a_served_and_measured_model(model, make_job, contract_copy):
    job = make_job(model)
    make_all(job, contract_copy)
    loaded = openvino.Core().read_model(job.models / model / "1")
    assert [name for i in loaded.inputs for name in i.names] == ["image"]
    assert {o.get_any_name() for o in loaded.outputs} == {
        "activation",
        "probabilities",
        *job.spec.outputs,
    }
    report = json.loads((job.data / "reports" / f"{model}.json").read_text())
    assert set(report["data"]["utkface"]) == {"detected", "whole"}
    assert report["quality"]
    assert load_contract(contract_copy) == load_contract()
    assert f"quality = {{ {next(iter(report['quality']))}" in contract_copy.read_text()


def test_the_exported_model_predicts_as_the_network_does(tmp_path):
    spec = replace(load_contract()["gender"], size=16)
    model = mini_xception(TINY, spec.size, 2)
    crops = np.random.default_rng(0).integers(0, 256, (3, 16, 16, 1), dtype=np.uint8)
    export.export(spec, model, Calibration(temperature=2.0), tmp_path / "1")
    answers = run_tensorflow(tmp_path / "1", crops)
    assert set(answers) == {"activation", "probabilities"}
    logits = model.predict(crops, verbose=0)
    np.testing.assert_allclose(answers["probabilities"], softmax(logits, 2.0), atol=1e-5)


def test_the_activation_locates_the_evidence(tmp_path):
    spec = replace(load_contract()["emotion"], size=16)
    export.export(spec, mini_xception(TINY, 16, 8), Calibration(temperature=2.0), tmp_path / "1")
    crops = np.random.default_rng(0).integers(0, 256, (3, 16, 16, 1), dtype=np.uint8)
    answers = run_tensorflow(tmp_path / "1", crops)
    assert answers["activation"].shape == (3, 4, 4, 8)
    logits = answers["activation"].mean(axis=(1, 2))
    np.testing.assert_allclose(softmax(logits, 2.0), answers["probabilities"], atol=1e-5)


def test_auxiliary_heads_are_not_exported(make_job, contract_copy):
    job = make_job("gender")
    recipe = replace(job.recipe, auxiliary_models=("age",), mixup_alpha=0.0)
    job = replace(job, recipe=recipe)
    make_all(job, contract_copy)
    crops = np.zeros((2, 16, 16, 1), dtype=np.uint8)
    answers = run_tensorflow(job.models / "gender" / "1", crops)
    assert job.network().output_shape == (None, 2 + 117)
    assert answers["probabilities"].shape == (2, 2)
    assert answers["activation"].shape[-1] == 2


def test_kept_classes_predict_as_before():
    crops = np.random.default_rng(0).integers(0, 256, (2, 16, 16, 1), dtype=np.uint8)
    model = mini_xception(TINY, 16, 5)
    fewer = keep_classes(model, 2)
    np.testing.assert_allclose(
        fewer.predict(crops, verbose=0), model.predict(crops, verbose=0)[:, :2], atol=1e-6
    )
    assert model.count_params() - fewer.count_params() == 3 * (TINY.widths[-1] + 1)


def test_a_network_averaged_with_its_mirror_image_is_symmetric():
    crops = np.random.default_rng(0).integers(0, 256, (2, 16, 16, 1), dtype=np.uint8)
    model = mini_xception(TINY, 16, 3)
    both = average_mirrored(model)
    flipped = crops, crops[:, :, ::-1]
    looks = [model.predict(c, verbose=0) for c in flipped]
    np.testing.assert_allclose(both.predict(crops, verbose=0), np.mean(looks, axis=0), atol=1e-5)
    np.testing.assert_allclose(*(both.predict(c, verbose=0) for c in flipped), atol=1e-5)


def test_no_1x1_convolution_has_a_stride():
    """oneDNN computes the gradient of some of them wrongly and corrupts the heap (issue 6035)."""
    model = mini_xception(load_recipe("age").network, 64, 2)
    convolutions = [layer for layer in model.layers if isinstance(layer, keras.layers.Conv2D)]
    assert all(layer.strides == (1, 1) for layer in convolutions if layer.kernel_size == (1, 1))


def test_the_exported_model_carries_warm_up_requests(tmp_path):
    spec = replace(load_contract()["emotion"], size=16)
    write_warmup(spec, tmp_path)
    logs = [
        prediction_log_pb2.PredictionLog.FromString(record.numpy()).predict_log.request
        for record in tf.data.TFRecordDataset(str(tmp_path / REQUESTS))
    ]
    assert {log.model_spec.name for log in logs} == {"emotion"}
    shapes = [tf.make_ndarray(log.inputs["image"]).shape for log in logs]
    assert shapes == [(batch, 16, 16, 1) for batch in BATCHES]


def test_ages_come_with_their_range_in_both_runtimes(tmp_path):
    spec = replace(load_contract()["age"], size=16)
    export.export(spec, mini_xception(TINY, 16, 117), Calibration(tail=0.2), tmp_path / "1")
    assert export.check(spec, tmp_path / "1") <= export.TOLERANCE
    crops = np.zeros((2, 16, 16, 1), dtype=np.uint8)
    answers = run_tensorflow(tmp_path / "1", crops)
    assert (answers["low"] < answers["years"]).all()
    assert (answers["years"] < answers["high"]).all()
    np.testing.assert_allclose(answers["high"], quantile(answers["probabilities"], 0.8), atol=1e-3)


def test_an_interval_costs_nothing_when_all_probability_lies_in_it():
    logits = tf.constant([[9.0, 9.0, -90.0]])
    values, interval = tf.constant([[1.0, 1.0, 0.0]]), tf.constant([True])
    assert float(label_loss(values, interval, logits, 1.0)) == pytest.approx(0, abs=1e-5)


def test_losses_of_heads_add_up_and_only_the_first_has_an_order_and_full_weight():
    logits, values = tf.zeros((1, 5)), tf.constant([[0.0, 0.0, 1.0, 0.0, 1.0]])
    loss = heads_loss(values, tf.constant([[False, False]]), logits, (3, 2), 0.5, 0.25)
    assert float(loss) == pytest.approx(np.log(3) + 0.5 + 0.25 * np.log(2))


def test_a_distribution_costs_its_cross_entropy_and_the_error_of_its_mean():
    logits, values = tf.zeros((1, 3)), tf.constant([[0.0, 0.0, 1.0]])
    loss = float(label_loss(values, tf.constant([False]), logits, 0.5))
    assert loss == pytest.approx(np.log(3) + 0.5)


@pytest.mark.parametrize("path", sorted(RECIPES.glob("*.toml")), ids=lambda path: path.stem)
def test_every_recipe_makes_a_network_under_the_size_limit(path):
    size = max(spec.size for spec in load_contract().values())
    model = mini_xception(load_recipe(path.stem).network, size, 8)
    assert model.count_params() < 1_000_000


def test_only_training_uses_the_recipe_s_precision(make_job):
    job = make_job("age")
    job = replace(job, recipe=replace(job.recipe, precision="mixed_bfloat16"))

    trained = train.initial_network(job)

    assert {layer.compute_dtype for layer in trained.layers} == {"bfloat16", "float32"}
    assert {weight.dtype for weight in trained.weights if "seed" not in weight.path} == {"float32"}
    assert trained.output.dtype == "float32"
    assert {layer.compute_dtype for layer in job.network().layers} == {"float32"}
