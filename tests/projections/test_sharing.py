"""Units of work are spread evenly, whoever wants what, and do not wander."""

from hypothesis import given
from hypothesis import strategies as st

from projections.sharing import spread

units = st.integers(0, 9)
wants = st.dictionaries(st.sampled_from("abcde"), st.frozensets(units, min_size=1), min_size=1)


@given(wants=wants, holders=st.dictionaries(units, st.sampled_from("abcdex")))
def test_every_unit_goes_to_one_who_wants_it_and_nobody_has_two_more_than_needed(
    wants: dict[str, frozenset[int]], holders: dict[int, str]
) -> None:
    given = spread(wants, holders)
    assert given.keys() == frozenset[int]().union(*wants.values())
    load = {name: list(given.values()).count(name) for name in wants}
    for unit, name in given.items():
        assert unit in wants[name]
        assert all(load[name] <= load[other] + 1 for other in wants if unit in wants[other])
    assert spread(wants, given) == given


@given(total=st.integers(1, 40), workers=st.integers(1, 6))
def test_among_equals_the_parts_differ_by_one_at_most(total: int, workers: int) -> None:
    given = spread({n: range(total) for n in range(workers)}, {})
    parts = [list(given.values()).count(n) for n in range(workers)]
    assert max(parts) - min(parts) <= 1


def test_a_newcomer_takes_its_part_and_the_rest_stays_where_it_is() -> None:
    alone = spread({"a": range(7)}, {})
    shared = spread({"a": range(7), "b": range(7)}, alone)
    assert list(shared.values()).count("b") == 3
    assert all(shared[unit] == "a" for unit in range(4))
