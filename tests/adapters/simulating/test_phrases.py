from random import Random

import pytest

from adapters.simulating.phrases import phrases
from adapters.simulating.topics import QUEUES, TOPICS

_SLOTS = {"name": "n", "org": "o", "agent": "a"}


@pytest.mark.parametrize("language", ["ko", "en"])
def test_every_topic_has_every_kind_of_phrase(language: str) -> None:
    spoken = phrases(language)
    assert spoken.topics.keys() == {topic.phrases for topic in TOPICS}
    kinds = {frozenset(said) for said in spoken.topics.values()}
    assert kinds == {
        frozenset(
            ("subjects", "messages", "questions", "answers", "notes", "progress", "solutions")
        )
    }


@pytest.mark.parametrize("language", ["ko", "en"])
def test_every_slot_of_every_phrase_can_be_filled(language: str) -> None:
    spoken = phrases(language)
    slots = spoken.slots(Random(0)) | _SLOTS
    said = [text for topic in spoken.topics.values() for texts in topic.values() for text in texts]
    assert all("{" not in text.format_map(slots) for text in said)
    for name in spoken.names:
        assert "{" not in spoken.common(name, slots, Random(0))


def test_both_languages_can_say_the_same_things() -> None:
    assert phrases("ko").names == phrases("en").names


def test_korean_is_korean() -> None:
    assert all(
        any("가" <= letter <= "힣" for letter in text)
        for topic in phrases("ko").topics.values()
        for texts in topic.values()
        for text in texts
    )


def test_every_topic_has_a_queue() -> None:
    assert {topic.queue for topic in TOPICS} == QUEUES.keys()
