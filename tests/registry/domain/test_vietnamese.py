"""Vietnamese order: letters first, tones only between equals."""

import random

from registry.domain.vietnamese import sort_key


def test_words_order_as_in_a_vietnamese_dictionary() -> None:
    ordered = ["A", "À", "Ả", "Ã", "Á", "Ạ", "Ăn", "Ân", "B", "Da", "Đa", "E", "Ê", "La Dêê", "La Êê", "O", "Ô", "Ơ"]
    shuffled = random.Random(3).sample(ordered, len(ordered))
    assert sorted(shuffled, key=sort_key) == ordered


def test_a_shorter_first_word_comes_first_and_numbers_before_letters() -> None:
    assert sorted(["Tam Thanh", "Tam", "Tamx", "Tam 2", "Tam An"], key=sort_key) == [
        "Tam", "Tam 2", "Tam An", "Tam Thanh", "Tamx",
    ]  # fmt: skip


def test_the_key_does_not_depend_on_how_accents_are_encoded() -> None:
    assert sort_key("Hòa") == sort_key("Ho\u0300a")
