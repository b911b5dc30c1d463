"""What clients hand back is ours, unchanged and for the same purpose - or refused."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.signing import ForgedError, Signer
from domain.position import Position

SIGNER = Signer(b"k" * 32)


@given(st.lists(st.tuples(st.integers(0, 1023), st.integers(0, 2**53)), max_size=5))
def test_a_position_comes_back(lanes: list[tuple[int, int]]) -> None:
    position = Position.of(dict(lanes))
    assert SIGNER.open_position("desk", SIGNER.seal_position("desk", position)) == position


@given(st.data())
def test_one_changed_character_is_noticed(data: st.DataObject) -> None:
    token = SIGNER.seal("cursor", ["2026-01-01T00:00:00Z", 7])
    place = data.draw(st.integers(0, len(token) - 2))  # the last one carries spare bits
    other = data.draw(st.characters(codec="utf-8").filter(lambda c: c != token[place]))
    with pytest.raises(ForgedError):
        SIGNER.open("cursor", token[:place] + other + token[place + 1 :])


@pytest.mark.parametrize(
    ("signer", "purpose"), [(Signer(b"x" * 32), "cursor"), (SIGNER, "position"), (SIGNER, "")]
)
def test_another_key_or_purpose_is_noticed(signer: Signer, purpose: str) -> None:
    with pytest.raises(ForgedError):
        signer.open(purpose, SIGNER.seal("cursor", 1))


@given(st.text(max_size=200))
def test_made_up_tokens_are_noticed(token: str) -> None:
    with pytest.raises(ForgedError):
        SIGNER.open("cursor", token)
