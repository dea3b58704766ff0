"""Capacity planning reads the manifests: a change of them changes the sizes."""

from __future__ import annotations

import shutil

import pytest

from benchmarks.scale.deployment import BASE, Deployment, read_deployment


@pytest.fixture
def base(tmp_path):
    """A copy of the manifests, and a way to change them."""
    folder = shutil.copytree(BASE, tmp_path / "base")

    def change(file, old, new):
        text = (folder / file).read_text(encoding="utf-8")
        assert old in text
        (folder / file).write_text(text.replace(old, new), encoding="utf-8")
        return folder

    return change


def test_cores_are_read_as_whole_ones_and_as_thousandths(base):
    folder = base("app.yaml", 'cpu: "1"', "cpu: 1500m")

    assert read_deployment("mien-app", folder).cores == 1.5
    assert read_deployment("mien-app").cores == 1.0


@pytest.mark.parametrize(
    ("old", "new", "attribute", "value"),
    [
        ("maxReplicas: 80", "maxReplicas: 7", "max_pods", 7),
        ("averageUtilization: 80", "averageUtilization: 50", "target_utilisation", 0.5),
    ],
)
def test_the_autoscaler_is_read(base, old, new, attribute, value):
    folder = base("scaling.yaml", old, new)

    assert getattr(read_deployment("mien-model-server", folder), attribute) == value


def test_a_deployment_that_is_not_there_is_not_guessed():
    with pytest.raises(ValueError, match="unpack"):
        read_deployment("mien-nothing")


def test_every_deployment_has_cores_pods_and_an_aim():
    for name in ("mien-app", "mien-model-server"):
        found = read_deployment(name)
        assert isinstance(found, Deployment)
        assert found.cores > 0
        assert found.max_pods > 1
        assert 0 < found.target_utilisation < 1
