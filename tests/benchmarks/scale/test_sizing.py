"""The size of a cluster from the cost of a frame."""

from __future__ import annotations

from dataclasses import replace

from benchmarks.scale.sizing import bottlenecks, size_for
from tests.benchmarks.scale.cost import COST


def test_a_pod_takes_the_clients_that_keep_its_core_at_the_target_utilisation():
    assert COST.clients_per_pod == 8
    assert COST.clients_per_model_server == 40


def test_a_client_that_needs_more_than_a_pod_gets_one():
    assert replace(COST, app_cpu_ms=500.0).clients_per_pod == 1


def test_the_size_of_a_cluster_is_rounded_up():
    size = size_for(1_000, COST)

    assert (size.pods, size.model_servers, size.connections) == (125, 25, 3_125)
    assert size.memory_gib == (125 * 128 + 1_000 + 25 * 256) / 1024
    assert size.client_gbits == 2.0
    assert size.model_gbits == 0.4


def test_the_first_bottleneck_comes_first():
    found = bottlenecks(COST, cores=2)

    assert [each.webcams for each in found] == [16, 50, 160, 5_000]
    assert "cores" in found[0].resource
