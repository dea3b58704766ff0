"""Fixtures for the tests of the deployment."""

from __future__ import annotations

import pytest

from tests.deploy.manifests import Manifest, documented, release, render


@pytest.fixture(scope="session")
def local(tmp_path_factory: pytest.TempPathFactory) -> list[Manifest]:
    """Manifests for a cluster on one machine."""
    return render(tmp_path_factory.mktemp("local"), "local")


@pytest.fixture(scope="session")
def local_tf_serving(tmp_path_factory: pytest.TempPathFactory) -> list[Manifest]:
    """The same with TensorFlow Serving, as documented."""
    kustomization = documented(".cache/tf-serving")
    assert kustomization.pop("resources") == ["../../deploy/k8s/overlays/local"]
    assert kustomization.pop("components") == ["../../deploy/k8s/components/tf-serving"]
    return render(tmp_path_factory.mktemp("local"), "local", ["tf-serving"], **kustomization)


@pytest.fixture(scope="session")
def gke(tmp_path_factory: pytest.TempPathFactory) -> list[Manifest]:
    """Manifests for GKE, released as documented."""
    return render(tmp_path_factory.mktemp("gke"), "gke", **release())


@pytest.fixture(scope="session")
def gke_all(tmp_path_factory: pytest.TempPathFactory) -> list[Manifest]:
    """The same with every component."""
    components = ["tf-serving", "sessions-per-pod"]
    return render(tmp_path_factory.mktemp("gke"), "gke", components, **release())


@pytest.fixture(params=["local", "local_tf_serving", "gke", "gke_all"])
def manifests(request: pytest.FixtureRequest) -> list[Manifest]:
    """Each of them in turn."""
    return list(request.getfixturevalue(request.param))
