"""Product codes: segments are strings, numbers are the commune's."""

import pytest

from registry.domain.product_codes import CodePlace, make_code, sequence_in, series_of

OLD = "{province}-{district}-{commune}-{seq}-{year}"
NEW = "{province}-{commune}-{seq}-{year}"
BEN_TRE = CodePlace("83", "829", "28780")
HA_NOI = CodePlace("06", "058", "01852")
DA_NANG = CodePlace("48", None, "20794")


def test_codes_are_written_as_the_decisions_show_them() -> None:
    assert make_code(OLD, BEN_TRE, 3, 2022) == "83-829-28780-3-2022"
    assert make_code(OLD, HA_NOI, 1, 2021) == "06-058-01852-1-2021"
    assert make_code(NEW, DA_NANG, 12, 2026) == "48-20794-12-2026"


def test_the_segment_of_a_level_that_is_gone_is_left_out() -> None:
    assert make_code(OLD, DA_NANG, 2, 2025) == "48-20794-2-2025"


@pytest.mark.parametrize(
    ("code", "read"),
    [
        ("83-829-28780-3-2022", (3, 2022)),
        ("83-829-28780-03-2022", None),
        ("83-829-28781-3-2022", None),
        ("83-829-28780-3-22", None),
        ("83-829-28780-0-2022", None),
        ("83-28780-3-2022", None),
    ],
)
def test_only_codes_of_the_place_are_read(code: str, read: tuple[int, int] | None) -> None:
    assert sequence_in(code, OLD, BEN_TRE) == read


def test_what_a_series_is_kept_for_is_data() -> None:
    assert series_of("{commune}", BEN_TRE, 2022) == "28780"
    assert series_of("{commune}-{year}", BEN_TRE, 2022) == "28780-2022"
    assert series_of("{district}", DA_NANG, 2026) == "20794"
