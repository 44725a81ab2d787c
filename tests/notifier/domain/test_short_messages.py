"""Numbers and texts as the network takes them."""

import pytest

from notifier.domain.phones import normalise_mobile
from notifier.domain.short_messages import count_segments, unsigned


@pytest.mark.parametrize(
    "value", ["0912345678", "+84 912 345 678", "84912345678", "0084-912.345.678", "(091) 234 5678"]
)
def test_a_mobile_number_has_one_form(value: str) -> None:
    assert normalise_mobile(value) == "84912345678"


@pytest.mark.parametrize("value", ["", "0235381234", "0212345678", "091234567", "+849123456789", "091234567a", "113"])
def test_what_is_no_mobile_number_is_refused_in_words(value: str) -> None:
    with pytest.raises(ValueError, match="not a Vietnamese mobile number"):
        normalise_mobile(value)


def test_diacritics_fall_and_no_letter_remains_that_the_network_lacks() -> None:
    everything = "Đặng Ưỡng: thẩm định “hồ sơ” – 12/18 xã… 🙂"
    assert unsigned(everything) == 'Dang Uong: tham dinh "ho so" - 12/18 xa... ?'


@pytest.mark.parametrize(
    ("text", "segments"),
    [
        ("", 1),
        ("a" * 160, 1),
        ("a" * 161, 2),
        ("a" * 306, 2),
        ("a" * 307, 3),
        ("[" * 80, 1),
        ("[" * 81, 2),
        ("a" * 152 + "[" + "a" * 152, 3),
    ],
)
def test_segments_are_counted_as_the_network_charges_them(text: str, segments: int) -> None:
    assert count_segments(text) == segments
