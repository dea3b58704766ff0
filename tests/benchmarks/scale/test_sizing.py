"""The size of a cluster from the cost of a frame."""

from __future__ import annotations

from dataclasses import replace

import pytest

from benchmarks.scale.sizing import bottlenecks, machine_for, size_for
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


def test_a_machine_carries_what_its_first_bottleneck_allows():
    small, large = machine_for(2, COST), machine_for(64, COST)

    assert (small.webcams, small.bottleneck) == (13, "cores")
    assert (large.model_servers, large.webcams) == (32, 426)
    assert large.memory_gib == pytest.approx((64 * 128 + 32 * 256 + 426.7) / 1024, abs=0.01)
    assert (large.next_bottleneck, large.next_webcams) == ("model servers, one core each", 1280)


def test_a_machine_may_have_too_few_model_servers():
    size = machine_for(64, replace(COST, app_cpu_ms=1.0, hub_ms=0.5))

    assert (size.bottleneck, size.webcams) == ("model servers, one core each", 1280)


def test_a_network_can_be_the_bottleneck():
    assert machine_for(64, replace(COST, client_bytes=25e6)).bottleneck == "10 Gbit/s network"
