"""Ratios are taken round by round, and an aim is met or not."""

from bench.figure import Figure, at_least, at_most
from bench.load import Load, percentile, rounds


def figure(**more: object) -> Figure:
    given = {
        "name": "x",
        "what": "something",
        "unit": "1/s",
        "values": [10.0, 30.0, 21.0],
        "yardstick": "another",
        "yardsticks": [1.0, 2.0, 10.0],
    }
    return Figure(**(given | more))  # type: ignore[arg-type]


def test_the_ratio_is_the_median_of_the_rounds_ratios() -> None:
    line = figure().as_json()
    assert (line["value"], line["yardstick_value"]) == (21, 2)
    assert (line["ratio_from"], line["ratio"], line["ratio_to"]) == (2.1, 10, 15)


def test_aims_are_met_or_not() -> None:
    assert figure().met is None
    assert figure(aims=(at_least(10),)).met is True
    assert figure(aims=(at_least(10.1),)).met is False
    assert figure(aims=(at_most(10),)).met is True
    assert figure(aims=(at_most(9.9),)).met is False
    assert figure(aims=(at_least(10), at_most(50, "p99_ms")), p99_ms=51.0).met is False
    assert figure(aims=(at_least(10), at_most(50, "p99_ms")), p99_ms=50.0).met is True
    assert figure(aims=(at_most(50, "p99_ms"),), p99_ms=None).met is False
    assert figure(aims=(at_least(10), at_most(50, "p99_ms"))).as_json()["aim"] == (
        "ratio >= 10, p99 <= 50 ms"
    )


def test_a_percentile_is_a_value_that_was_measured() -> None:
    values = [float(n) for n in range(1, 101)]
    assert percentile(values, 50) == 50
    assert percentile(values, 99) == 99
    assert percentile([7.0], 99) == 7
    assert percentile([1.0, 2.0], 99) == 2
    assert Load.of([0.004, 0.002], seconds=2).per_second == 1
    assert Load.of([0.004, 0.002], seconds=2).p50_ms == 2


def test_rounds_take_turns() -> None:
    asked = []

    def work(name: str) -> Load:
        asked.append(name)
        return Load(count=1, seconds=1)

    done = rounds(2, {"ours": lambda: work("ours"), "theirs": lambda: work("theirs")})
    assert asked == ["ours", "theirs", "ours", "theirs"]
    assert {name: len(loads) for name, loads in done.items()} == {"ours": 2, "theirs": 2}
