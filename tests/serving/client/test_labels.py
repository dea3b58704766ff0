"""A client that asks for a version label, such as TensorFlow Serving's stable and canary."""

from __future__ import annotations

from tests.serving.client.fake_server import State


def test_the_labeled_version_responds(connect, server):
    server.versions["mood"][2] = State.AVAILABLE
    server.labels = {"stable": 1, "canary": 2}

    for label, version in server.labels.items():
        client = connect(server, label=label).watch()
        client.until(available=True, version=version)
        assert client.ask().version == version


def test_without_a_label_the_newest_version_answers(connect, server):
    server.versions["mood"][2] = State.AVAILABLE
    server.labels = {"stable": 1, "canary": 2}

    client = connect(server).watch()
    client.until(available=True, version=2)
    assert client.ask().version == 2


def test_a_promotion_is_followed_while_it_runs(connect, server):
    server.labels = {"stable": 1}
    client = connect(server, label="stable").watch()
    client.until(available=True, version=1)

    server.labels = {"stable": 2}
    client.until(available=True, version=2)
    assert client.ask().version == 2


def test_a_label_that_the_server_does_not_know_is_named(connect, server):
    client = connect(server, label="old").watch()

    assert "version label: old" in client.until(available=False, version=None).message
