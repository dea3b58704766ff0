"""The larger network that teaches starts from what dlib's network knows."""

from __future__ import annotations

import keras
import numpy as np
import pytest

from serving.training.recognition import weights
from serving.training.recognition.dlib_file import layers_of
from serving.training.recognition.network import recognition_network
from tests.serving.training.dlib_writer import SIZE, written

# Keras 3 reads its variables in a way that numpy 2 calls old.
pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")


@pytest.fixture(scope="module")
def crops():
    small = np.random.default_rng(4).integers(0, 256, (24, 13, 13, 1), dtype=np.uint8)
    return small.repeat(SIZE // 13, axis=1).repeat(SIZE // 13, axis=2)


@pytest.fixture(scope="module")
def network(dlib_file, crops):
    network = recognition_network(SIZE, 2)
    weights.transfer(network, crops, dlib_file)
    return network


def test_layers_are_read_from_the_picture_on(dlib_file, dlib_layers):
    *found, (last, _) = layers_of(dlib_file)
    assert last == "fc_2"
    for (name, ours), (other, theirs) in zip(found, dlib_layers, strict=True):
        assert name == other
        np.testing.assert_array_equal(ours, theirs)


@pytest.mark.parametrize("broken", [b"con_4", b"con_4\x01\x03", b"con_4\x81\x02"])
def test_what_dlib_did_not_write_is_refused(tmp_path, broken):
    path = tmp_path / "broken.dat"
    path.write_bytes(broken)
    with pytest.raises(ValueError, match="at byte"):
        layers_of(path)


def test_a_file_that_ends_within_a_layer_is_refused(tmp_path, dlib_file):
    path = tmp_path / "short.dat"
    path.write_bytes(dlib_file.read_bytes()[:5000])
    with pytest.raises(ValueError, match="at byte"):
        layers_of(path)


def test_another_network_is_refused(tmp_path, crops):
    path = tmp_path / "small.dat"
    path.write_bytes(written("con_4", np.zeros(4736)) + written("affine_", np.zeros(64)))
    with pytest.raises(ValueError, match="2 layers, not the 58"):
        weights.transfer(recognition_network(SIZE, 2), crops, path)


def test_a_network_computes_with_the_weights_of_dlib(network, dlib_layers, crops):
    (_, kernel), (_, affine) = dlib_layers[:2]
    scale, offset = np.split(affine, 2)
    grey = kernel[:-32].reshape(32, 3, 7, 7).sum(axis=1)
    convolution = next(each for each in network.layers if isinstance(each, keras.layers.Conv2D))
    norm = next(e for e in network.layers if isinstance(e, keras.layers.BatchNormalization))
    probe = keras.Model(network.input, [convolution.input, norm.output])
    standardised, maps = (np.asarray(each) for each in probe(crops[:1]))
    expected = (grey * standardised[0, :7, :7, 0]).sum(axis=(1, 2)) * scale + offset
    np.testing.assert_allclose(maps[0, 0, 0], expected, rtol=1e-3, atol=1e-4)


def test_maps_are_normalised_with_the_statistics_of_the_crops(network, crops):
    norms = [e for e in network.layers if isinstance(e, keras.layers.BatchNormalization)]
    maps = np.asarray(keras.Model(network.input, norms[-1].input)(crops))
    _, _, mean, variance = norms[-1].get_weights()
    np.testing.assert_allclose(maps.mean(axis=(0, 1, 2)), mean, rtol=1e-3, atol=1e-3)
    np.testing.assert_allclose(maps.var(axis=(0, 1, 2)), variance, rtol=1e-2, atol=1e-3)


def test_without_its_package_a_teacher_says_what_to_install(monkeypatch):
    monkeypatch.setattr(weights, "_PACKAGE", "no_such_package")
    with pytest.raises(SystemExit, match=r"requirements-teacher\.txt"):
        weights.recognition_file()
