"""A date spelled out line by line."""

import pytest

from edtf_dates import parse_date
from edtf_dates.explain import render_date


def lines(text: str) -> dict[str, str]:
    """What is said of a date, by its label."""
    first, *facts = render_date(parse_date(text)).splitlines()
    assert first == text
    return {fact[2:16].strip(): fact[18:] for fact in facts}


def test_everything_that_is_said():
    assert lines("2015-06~") == {
        "in words": parse_date("2015-06~").describe(),
        "EDTF level": "1",
        "precision": "month",
        "approximate": "yes",
        "uncertain": "no",
        "can have begun": "1 June 2015 (day 735750) to 30 June 2015 (day 735779)",
        "can have ended": "1 June 2015 (day 735750) to 30 June 2015 (day 735779)",
        "spans": "1",
    }


@pytest.mark.parametrize(
    ("text", "begun", "ended"),
    [
        ("2015-06-01/..", "1 June 2015 (day 735750)", "1 June 2015 (day 735750) or after"),
        ("../2015-06-01", "1 June 2015 (day 735750) or before", "1 June 2015 (day 735750)"),
        ("../..", "on any day", "on any day"),
        ("0000-12-31", "31 December 1 BCE (day 0)", "31 December 1 BCE (day 0)"),
    ],
)
def test_days(text, begun, ended):
    said = lines(text)
    assert (said["can have begun"], said["can have ended"]) == (begun, ended)


@pytest.mark.parametrize(
    ("text", "spans"),
    [
        ("[2013,2015]", "2, one of which it is"),
        ("{2013,2015}", "2, all of which it covers"),
        ("2015-XX-01", "12, one of which it is"),
    ],
)
def test_how_spans_belong_together(text, spans):
    assert lines(text)["spans"] == spans
