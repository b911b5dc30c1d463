"""How much of everything: the same measurements on three scales."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Scale:
    """`seconds` is the length of one timed load; `rounds` how often it is repeated. `simulated`
    seconds pass in each simulation.

    `few` and `many` are the tickets that pages are read from; of the many, `told` are simulated
    and the rest are their rows again, under other ids. `log` is the number of tickets whose
    events are written and turned into views, `rebuilt` that of those whose views are rebuilt: more,
    so that the second in which a rebuild starts does not hide what an event costs. `cases` is that
    of an imported file, `foreign` the seconds that somebody else's transaction stays open, `pages`
    the requests of one load, at most. `judged` are the tickets of a what-if. `clocks` run while
    breaches are waited for during `watched` seconds, and during as many in which nothing is due.
    `readers` of the live stream are told at once. The web app is looked at with `many_in_web`
    tickets: `looks` at each kind of change, `scrolled` rows, `switches` between tickets.
    """

    name: str
    rounds: int
    seconds: float
    simulated: float
    clients: tuple[int, ...]
    few: int
    many: int
    told: int
    log: int
    rebuilt: int
    cases: int
    foreign: float
    pages: int
    judged: int
    clocks: int
    watched: float
    readers: int
    many_in_web: int
    looks: int
    scrolled: int
    switches: int


TINY = Scale(
    name="tiny",
    rounds=1,
    seconds=0.5,
    simulated=0.1,
    clients=(1, 2),
    few=20,
    many=60,
    told=20,
    log=10,
    rebuilt=10,
    cases=20,
    foreign=0.5,
    pages=5,
    judged=10,
    clocks=40,
    watched=0.5,
    readers=3,
    many_in_web=60,
    looks=2,
    scrolled=60,
    switches=3,
)
USUAL = Scale(
    name="usual",
    rounds=3,
    seconds=1.5,
    simulated=1.5,
    clients=(1, 16, 64),
    few=1_000,
    many=100_000,
    told=2_000,
    log=1_000,
    rebuilt=5_000,
    cases=4_000,
    foreign=10,
    pages=200,
    judged=5_000,
    clocks=100_000,
    watched=10,
    readers=100,
    many_in_web=20_000,
    looks=10,
    scrolled=1_000,
    switches=100,
)
FULL = Scale(
    name="full",
    rounds=5,
    seconds=4,
    simulated=4,
    clients=(1, 16, 64),
    few=1_000,
    many=1_000_000,
    told=50_000,
    log=5_000,
    rebuilt=20_000,
    cases=20_000,
    foreign=10,
    pages=1_000,
    judged=100_000,
    clocks=1_000_000,
    watched=20,
    readers=100,
    many_in_web=100_000,
    looks=20,
    scrolled=3_000,
    switches=200,
)
SCALES = {scale.name: scale for scale in (TINY, USUAL, FULL)}
