"""All benchmarks by name, in the order in which they run. The first line of each module says what
it measures."""

from collections.abc import Callable, Iterator, Mapping
from types import ModuleType

from bench.benchmarks import (
    append_latency,
    appends,
    bulk,
    catch_up,
    clocks,
    commands,
    feed,
    intake,
    kafka,
    lanes,
    memory,
    pages,
    rebuilds,
    visible,
    web,
    what_if,
)
from bench.context import Bench
from bench.figure import Figure

Benchmark = Callable[[Bench], Iterator[Figure]]

_MODULES: Mapping[str, ModuleType] = {
    "appends": appends,
    "append-latency": append_latency,
    "lanes": lanes,
    "commands": commands,
    "bulk": bulk,
    "catch-up": catch_up,
    "rebuilds": rebuilds,
    "feed": feed,
    "kafka": kafka,
    "visible": visible,
    "intake": intake,
    "pages": pages,
    "clocks": clocks,
    "what-if": what_if,
    "memory": memory,
    "web": web,
}

BENCHMARKS: Mapping[str, Benchmark] = {name: module.measure for name, module in _MODULES.items()}


def about(name: str) -> str:
    """One sentence on a benchmark."""
    return (_MODULES[name].__doc__ or "").partition("\n")[0]
