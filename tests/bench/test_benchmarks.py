"""Each benchmark runs, and says what it measured in the shape that is promised."""

import json
import math

import pytest

from bench import browser
from bench.benchmarks import BENCHMARKS, about
from bench.context import Bench
from bench.yardsticks import umadb
from tests.broker.broker import EXISTING

SHAPE: dict[str, tuple[type, ...]] = {
    "name": (str,),
    "what": (str,),
    "value": (float,),
    "unit": (str,),
    "yardstick": (str,),
    "yardstick_value": (float,),
    "ratio": (float,),
    "ratio_from": (float,),
    "ratio_to": (float,),
    "rounds": (int,),
    "aim": (str, type(None)),
    "met": (bool, type(None)),
    "p50_ms": (float, type(None)),
    "p99_ms": (float, type(None)),
    "yardstick_p99_ms": (float, type(None)),
    "note": (str,),
}

NAMES = {
    "appends": {
        f"appends.{how}.{clients}.{beside}"
        for how in ("threads", "tasks")
        for clients in (1, 2)
        for beside in ("stock", "psycopg", "pgbench", *(["umadb"] * umadb.installed()))
    },
    "append-latency": {"append-latency"},
    "commands": {
        "commands.mix.1",
        *(f"commands.{kind}.2" for kind in ("mix", "open", "note", "assign", "reply")),
    },
    "bulk": {"bulk.cases", "bulk.writing", "bulk.import"},
    "catch-up": {"catch-up"},
    "feed": {"feed.alone", "feed.foreign-transaction"},
    "visible": {"visible", "pushed.one", "pushed.many"},
    "kafka": {
        f"kafka.{what}"
        for what in ("publish", "publish-in-transactions", "catch-up", "consumer", "take-over")
    },
    "intake": {"intake.http.2", "intake.topic"},
    "memory": {"memory.idle"},
    "web": {
        f"web.{what}"
        for what in (
            "first-paint",
            "interactive",
            "open",
            "command",
            "others",
            "scroll",
            "scripts",
            "held-growth",
            "heap-growth",
            "nodes",
        )
    },
}


@pytest.mark.slow
@pytest.mark.timeout(600)
@pytest.mark.parametrize("name", BENCHMARKS)
def test_a_benchmark_gives_figures_beside_yardsticks(
    bench: Bench, name: str, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    if name == "web" and browser.chromium() is None:
        pytest.skip("There is no Chromium here.")
    if name == "kafka":
        monkeypatch.setenv(EXISTING, request.getfixturevalue("kafka"))
    lines = [json.loads(json.dumps(figure.as_json())) for figure in BENCHMARKS[name](bench)]
    names = [line["name"] for line in lines]
    assert len(set(names)) == len(names) > 0
    if name in NAMES:
        assert set(names) == NAMES[name]
    for line in lines:
        for key, types in SHAPE.items():
            assert isinstance(line[key], types), f"{line['name']}: {key}"
        assert 0 < line["value"] < math.inf
        assert 0 < line["yardstick_value"] < math.inf
        assert line["ratio_from"] <= line["ratio"] <= line["ratio_to"]
        assert (line["aim"] is None) == (line["met"] is None)


def test_each_benchmark_says_in_a_sentence_what_it_measures() -> None:
    for name in BENCHMARKS:
        assert 20 < len(about(name)) <= 100
