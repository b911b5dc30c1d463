"""A full rebuild of each projection beside serving ones, beside COPY.

Events per second, from the empty copy to the swap: reading, decoding, applying, writing, indexes;
by as many processes as `chronodesk rebuild` takes. Beside COPY of the log's rows,
which has the aim, stands COPY of the rows that the view comes to: no rebuild can outrun that.
"""

from collections.abc import Iterator, Sequence
from functools import partial

from adapters.processes import cores
from bench.context import Bench
from bench.desk import services, tell
from bench.figure import Aim, Figure, at_least
from bench.load import Load, once, rounds
from bench.yardsticks.copying import COPY, COPY_OF_VIEW, Rows, copied, view_copied
from projections.rebuild import rebuild

_AIM = at_least(0.3)


def measure(bench: Bench) -> Iterator[Figure]:
    url = bench.url(bench.database())
    bench.say(f"rebuilds: the histories of {bench.scale.rebuilt:,} tickets")
    with services(url) as opened:
        tell(opened, bench.scale.rebuilt)
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
        done = rounds(
            bench.scale.rounds,
            {
                COPY: partial(copied, url, rows),
                **works,
                **{
                    f"{COPY_OF_VIEW}: {projection.name}": partial(
                        view_copied, url, projection, bench.folder, rows.count
                    )
                    for projection in opened.projections
                },
            },
        )
    bare = {name: done.pop(f"{COPY_OF_VIEW}: {name}") for name in works}
    of_log = done.pop(COPY)
    all_of_them = [
        Load(count=rows.count, seconds=sum(load.seconds for load in round_))
        for round_ in zip(*done.values(), strict=True)
    ]
    rows.file.unlink()
    for name, loads in done.items():
        what = f"rebuild of {name}"
        yield _figure(f"rebuild.{name}", what, loads, COPY, of_log, aims=(_AIM,))
        yield _figure(f"rebuild.{name}.rows", what, loads, COPY_OF_VIEW, bare[name])
    what = "rebuild of all projections, one after the other"
    yield _figure("rebuild.all", what, all_of_them, COPY, of_log)


def _figure(
    name: str,
    what: str,
    loads: Sequence[Load],
    yardstick: str,
    bare: Sequence[Load],
    *,
    aims: tuple[Aim, ...] = (),
) -> Figure:
    return Figure(
        name=name,
        what=what,
        unit="1/s",
        values=[load.per_second for load in loads],
        yardstick=yardstick,
        yardsticks=[load.per_second for load in bare],
        aims=aims,
        more={"events": loads[0].count},
    )
