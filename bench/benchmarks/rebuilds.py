"""A full rebuild of each projection beside serving ones, beside COPY of the log's rows.

Events per second, from the empty copy to the swap: reading, decoding, applying, writing, indexes;
by as many processes as `chronodesk rebuild` takes.
"""

from collections.abc import Iterator
from functools import partial

from adapters.processes import cores
from bench.context import Bench
from bench.desk import catch_up, services, tell
from bench.figure import Figure, at_least
from bench.load import Load, once, rounds
from bench.yardsticks.copying import COPY, Rows, copied
from projections.rebuild import rebuild

_AIM = at_least(0.3)


def measure(bench: Bench) -> Iterator[Figure]:
    url = bench.url(bench.database())
    bench.say(f"rebuilds: the histories of {bench.scale.rebuilt:,} tickets")
    with services(url) as opened:
        tell(opened, bench.scale.rebuilt)
        catch_up(opened)
        rows = Rows(url, bench.folder / "log.copy")
        loader = opened.loader(cores())

        def again(n: int) -> Load:
            projection = opened.projections[n]
            bench.say(f"rebuilds: {projection.name}, {rows.count:,} events")
            return once(
                rows.count,
                lambda: rebuild(projection, opened.feed, opened.rows, loader=loader),
            )

        works = {
            projection.name: partial(again, n) for n, projection in enumerate(opened.projections)
        }
        done = rounds(bench.scale.rounds, {COPY: partial(copied, url, rows), **works})
    rates = [load.per_second for load in done.pop(COPY)]
    all_of_them = [
        Load(count=rows.count, seconds=sum(load.seconds for load in round_))
        for round_ in zip(*done.values(), strict=True)
    ]
    for name, loads in {**done, "all": all_of_them}.items():
        yield Figure(
            name=f"rebuild.{name}",
            what="rebuild of all projections, one after the other"
            if name == "all"
            else f"rebuild of {name}",
            unit="1/s",
            values=[load.per_second for load in loads],
            yardstick=COPY,
            yardsticks=rates,
            aims=() if name == "all" else (_AIM,),
            more={"events": rows.count},
        )
    rows.file.unlink()
