"""The simulation of lanes says what can be said without it, where anything can."""

from dataclasses import replace

import pytest

from adapters.postgres.group_commit import FULL
from bench.growth import Costs, Layout, throughput

COSTS = Costs(
    python_call=20e-6,
    python_append=80e-6,
    database_call=200e-6,
    database_append=50e-6,
    flush=500e-6,
)
ONE = Layout(lanes=1, processes=1, clients=1, cores=1)


def test_one_client_waits_for_one_thing_after_the_other() -> None:
    assert throughput(COSTS, ONE) == pytest.approx(1 / sum(vars(COSTS).values()), rel=0.01)


def test_a_lane_takes_one_full_group_after_the_other() -> None:
    crowd = replace(ONE, processes=8, clients=8 * 4 * FULL, cores=64)
    call = COSTS.database_call + FULL * COSTS.database_append + COSTS.flush
    assert throughput(COSTS, crowd) == pytest.approx(FULL / call, rel=0.1)


def test_lanes_help_until_the_cores_are_busy() -> None:
    crowd = replace(ONE, processes=16, clients=16 * 64, cores=4)
    one, four, many = (throughput(COSTS, replace(crowd, lanes=lanes)) for lanes in (1, 4, 16))
    assert four > 1.8 * one
    assert many < crowd.cores / COSTS.database_append


def test_more_lanes_than_cores_make_groups_small_and_each_append_dear() -> None:
    crowd = replace(ONE, clients=64, cores=2, shared=True)
    assert throughput(COSTS, replace(crowd, lanes=16)) < throughput(COSTS, crowd)


def test_flushes_are_shared_by_who_waits_for_one() -> None:
    """Two calls at a time wait for at most the flush under way and their own."""
    slow = replace(COSTS, flush=20e-3)
    lanes = replace(ONE, lanes=4_000, processes=8, clients=64, cores=64)
    assert throughput(slow, lanes) > 64 / (2 * slow.flush + 2e-3)


def test_the_same_seed_gives_the_same() -> None:
    lanes = replace(ONE, lanes=4, processes=2, clients=32, cores=2)
    assert throughput(COSTS, lanes, seed=3) == throughput(COSTS, lanes, seed=3)
