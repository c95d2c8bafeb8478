"""The dates module against the Library of Congress EDTF specification (4 February 2019)."""

import copy
import datetime
import math
import pickle
from unittest import mock

import pytest
from edtf import parse_edtf
from edtf.parser.edtf_exceptions import EDTFParseException
from hypothesis import assume, given
from hypothesis import strategies as st

from edtf_dates import (
    SET_LIMIT,
    SPAN_LIMIT,
    TEXT_LIMIT,
    DateError,
    EventDate,
    Span,
    describe_day,
    from_ordinal,
    ordinal,
    parse_date,
    spans,
)


def shown(n: int | None) -> str:
    """A day number as text, `*` where there is no bound."""
    if n is None:
        return "*"
    year, month, day = from_ordinal(n)
    return f"{year}-{month:02}-{day:02}"


def four_days(date: EventDate) -> str:
    days = (date.earliest_start, date.latest_start, date.earliest_end, date.latest_end)
    return " ".join(map(shown, days))


# Every example of the specification: text | level | precision | four days | words.
# A single date ends as it begins: its last two days are left out.
SPECIFICATION = """
1985-04-12 | 0 | day | 1985-04-12 1985-04-12 | 12 April 1985
1985-04 | 0 | month | 1985-04-01 1985-04-30 | April 1985
1985 | 0 | year | 1985-01-01 1985-12-31 | 1985
1985-04-12T23:20:30 | 0 | time | 1985-04-12 1985-04-12 | 12 April 1985, 23:20:30
1985-04-12T23:20:30Z | 0 | time | 1985-04-12 1985-04-12 | 12 April 1985, 23:20:30 UTC
1985-04-12T23:20:30-04 | 0 | time | 1985-04-12 1985-04-12 | 12 April 1985, 23:20:30 UTC-04
1985-04-12T23:20:30+04:30 | 0 | time | 1985-04-12 1985-04-12 | 12 April 1985, 23:20:30 UTC+04:30
1964/2008 | 0 | interval | 1964-01-01 1964-12-31 2008-01-01 2008-12-31 | 1964 to 2008
2004-06/2006-08 | 0 | interval | 2004-06-01 2004-06-30 2006-08-01 2006-08-31 | June 2004 to August 2006
2004-02-01/2005-02-08 | 0 | interval | 2004-02-01 2004-02-01 2005-02-08 2005-02-08 | 1 February 2004 to 8 February 2005
2004-02-01/2005-02 | 0 | interval | 2004-02-01 2004-02-01 2005-02-01 2005-02-28 | 1 February 2004 to February 2005
2004-02-01/2005 | 0 | interval | 2004-02-01 2004-02-01 2005-01-01 2005-12-31 | 1 February 2004 to 2005
2005/2006-02 | 0 | interval | 2005-01-01 2005-12-31 2006-02-01 2006-02-28 | 2005 to February 2006
Y170000002 | 1 | year | 170000002-01-01 170000002-12-31 | the year 170,000,002
Y-170000002 | 1 | year | -170000002-01-01 -170000002-12-31 | 170,000,003 BCE
2001-21 | 1 | season | 2001-03-01 2001-11-30 | spring 2001
1984? | 1 | year | 1984-01-01 1984-12-31 | 1984 (uncertain)
2004-06~ | 1 | month | 2004-06-01 2004-06-30 | about June 2004
2004-06-11% | 1 | day | 2004-06-11 2004-06-11 | about 11 June 2004 (uncertain)
201X | 1 | decade | 2010-01-01 2019-12-31 | some time in the 2010s
20XX | 1 | century | 2000-01-01 2099-12-31 | some time from 2000 to 2099
2004-XX | 1 | month | 2004-01-01 2004-12-31 | some month in 2004
1985-04-XX | 1 | day | 1985-04-01 1985-04-30 | some day in April 1985
1985-XX-XX | 1 | day | 1985-01-01 1985-12-31 | some day in 1985
1985-04-12/.. | 1 | interval | 1985-04-12 1985-04-12 1985-04-12 * | from 12 April 1985, no end given
1985-04/.. | 1 | interval | 1985-04-01 1985-04-30 1985-04-01 * | from April 1985, no end given
1985/.. | 1 | interval | 1985-01-01 1985-12-31 1985-01-01 * | from 1985, no end given
../1985-04-12 | 1 | interval | * 1985-04-12 1985-04-12 1985-04-12 | until 12 April 1985, no start given
../1985-04 | 1 | interval | * 1985-04-30 1985-04-01 1985-04-30 | until April 1985, no start given
../1985 | 1 | interval | * 1985-12-31 1985-01-01 1985-12-31 | until 1985, no start given
1985-04-12/ | 1 | interval | 1985-04-12 1985-04-12 1985-04-12 * | from 12 April 1985, end not known
1985-04/ | 1 | interval | 1985-04-01 1985-04-30 1985-04-01 * | from April 1985, end not known
1985/ | 1 | interval | 1985-01-01 1985-12-31 1985-01-01 * | from 1985, end not known
/1985-04-12 | 1 | interval | * 1985-04-12 1985-04-12 1985-04-12 | until 12 April 1985, start not known
/1985-04 | 1 | interval | * 1985-04-30 1985-04-01 1985-04-30 | until April 1985, start not known
/1985 | 1 | interval | * 1985-12-31 1985-01-01 1985-12-31 | until 1985, start not known
-1985 | 1 | year | -1985-01-01 -1985-12-31 | 1986 BCE
Y-17E7 | 2 | year | -170000000-01-01 -170000000-12-31 | 170,000,001 BCE
1950S2 | 2 | century | 1900-01-01 1999-12-31 | some time from 1900 to 1999, estimated to be 1950
Y171010000S3 | 2 | years | 171000000-01-01 171999999-12-31 | some time from 171,000,000 to 171,999,999, estimated to be the year 171,010,000
Y3388E2S3 | 2 | millennium | 338000-01-01 338999-12-31 | some time from 338,000 to 338,999, estimated to be the year 338,800
2001-34 | 2 | quarter | 2001-04-01 2001-06-30 | the second quarter of 2001
[1667,1668,1670..1672] | 2 | set | 1667-01-01 1672-12-31 | 1667, 1668 or one year from 1670 to 1672
[..1760-12-03] | 2 | set | * 1760-12-03 | 3 December 1760 or an earlier day
[1760-12..] | 2 | set | 1760-12-01 * | December 1760 or a later month
[1760-01,1760-02,1760-12..] | 2 | set | 1760-01-01 * | January 1760, February 1760 or December 1760 or a later month
[1667,1760-12] | 2 | set | 1667-01-01 1760-12-31 | 1667 or December 1760
[..1984] | 2 | set | * 1984-12-31 | 1984 or an earlier year
{1667,1668,1670..1672} | 2 | set | 1667-01-01 1667-12-31 1672-01-01 1672-12-31 | 1667, 1668 and every year from 1670 to 1672
{1960,1961-12} | 2 | set | 1960-01-01 1960-12-31 1961-12-01 1961-12-31 | 1960 and December 1961
{..1984} | 2 | set | * 1984-12-31 1984-01-01 1984-12-31 | 1984 and every earlier year
2004-06~-11 | 2 | day | 2004-06-11 2004-06-11 | 11 June 2004 (year and month approximate)
2004?-06-11 | 2 | day | 2004-06-11 2004-06-11 | 11 June 2004 (year uncertain)
?2004-06-~11 | 2 | day | 2004-06-11 2004-06-11 | 11 June 2004 (year uncertain, day approximate)
2004-%06-11 | 2 | day | 2004-06-11 2004-06-11 | 11 June 2004 (month uncertain and approximate)
156X-12-25 | 2 | day | 1560-12-25 1569-12-25 | 25 December in some year of the 1560s
15XX-12-25 | 2 | day | 1500-12-25 1599-12-25 | 25 December in some year from 1500 to 1599
XXXX-12-XX | 2 | day | 0-12-01 9999-12-31 | some day in December in some year
1XXX-XX | 2 | month | 1000-01-01 1999-12-31 | some month in some year from 1000 to 1999
1XXX-12 | 2 | month | 1000-12-01 1999-12-31 | December in some year from 1000 to 1999
1984-1X | 2 | month | 1984-10-01 1984-12-31 | October, November or December 1984
2004-06-~01/2004-06-~20 | 2 | interval | 2004-06-01 2004-06-01 2004-06-20 2004-06-20 | from 1 June 2004 (day approximate) to 20 June 2004 (day approximate)
2004-06-XX/2004-07-03 | 2 | interval | 2004-06-01 2004-06-30 2004-07-03 2004-07-03 | from some day in June 2004 to 3 July 2004
"""
ROWS = [line.split(" | ") for line in SPECIFICATION.strip().splitlines()]


@pytest.mark.parametrize(("text", "level", "precision", "days", "words"), ROWS)
def test_every_example_of_the_specification(text, level, precision, days, words):
    date = parse_date(text)
    if len(days.split()) == 2:
        days = f"{days} {days}"
    found = (str(date.level), date.precision, four_days(date), date.describe())
    assert found == (level, precision, days, words)
    assert parse_date(date.to_edtf()) == date


# What the specification leaves open, decided: text | four days | number of spans.
DECISIONS = """
-0043-03-15 | -43-03-15 -43-03-15 -43-03-15 -43-03-15 | 1
0000 | 0-01-01 0-12-31 0-01-01 0-12-31 | 1
-000X | -9-01-01 -1-12-31 -9-01-01 -1-12-31 | 1
Y1E3 | 1000-01-01 1000-12-31 1000-01-01 1000-12-31 | 1
0050S1 | 50-01-01 59-12-31 50-01-01 59-12-31 | 1
-1950S2 | -1999-01-01 -1900-12-31 -1999-01-01 -1900-12-31 | 1
2001-22 | 2001-06-01 2002-02-28 2001-06-01 2002-02-28 | 1
2001-23 | 2001-03-01 2001-11-30 2001-03-01 2001-11-30 | 1
2003-24 | 2003-06-01 2004-02-29 2003-06-01 2004-02-29 | 1
2001-28 | 2001-12-01 2002-02-28 2001-12-01 2002-02-28 | 1
2001-29 | 2001-09-01 2001-11-30 2001-09-01 2001-11-30 | 1
2001-39 | 2001-09-01 2001-12-31 2001-09-01 2001-12-31 | 1
2001-41 | 2001-07-01 2001-12-31 2001-07-01 2001-12-31 | 1
1985-XX-15 | 1985-01-15 1985-12-15 1985-01-15 1985-12-15 | 12
1985-XX-31 | 1985-01-31 1985-12-31 1985-01-31 1985-12-31 | 7
2015-04-3X | 2015-04-30 2015-04-30 2015-04-30 2015-04-30 | 1
XXXX-02-29 | 0-02-29 9996-02-29 0-02-29 9996-02-29 | 1
19XX-02-29 | 1904-02-29 1996-02-29 1904-02-29 1996-02-29 | 24
1XXX-12 | 1000-12-01 1999-12-31 1000-12-01 1999-12-31 | 1000
1X84 | 1084-01-01 1984-12-31 1084-01-01 1984-12-31 | 10
2005/2005-06 | 2005-01-01 2005-06-30 2005-06-01 2005-06-30 | 1
2005-06/2005 | 2005-06-01 2005-06-30 2005-06-01 2005-12-31 | 1
../.. | * * * * | 1
[2015-01-01..2018-01-01] | 2015-01-01 2018-01-01 2015-01-01 2018-01-01 | 1
{2019-09-19,2019-09-24} | 2019-09-19 2019-09-19 2019-09-24 2019-09-24 | 2
[2001-23..2002-22] | 2001-03-01 2003-02-28 2001-03-01 2003-02-28 | 1
Y-1E12 | -1000000000000-01-01 -1000000000000-12-31 -1000000000000-01-01 -1000000000000-12-31 | 1
"""


@pytest.mark.parametrize(
    ("text", "days", "count"), [row.split(" | ") for row in DECISIONS.strip().splitlines()]
)
def test_what_the_specification_leaves_open(text, days, count):
    date = parse_date(text)
    assert (four_days(date), str(len(date.spans))) == (days, count)


WORDS = """
2015-06~ | about June 2015
2015-06-09/2015-06-13 | 9 to 13 June 2015
2015-05-30/2015-06-02 | 30 May to 2 June 2015
2016-10-17/2017-07-10 | 17 October 2016 to 10 July 2017
[2014-10-03..2014-10-05] | on one day from 3 to 5 October 2014
189X | some time in the 1890s
180X | some time from 1800 to 1809
2015-11-24/ | from 24 November 2015, end not known
2015-11-24/.. | from 24 November 2015, no end given
2013? | 2013 (uncertain)
{2019-09-19,2019-09-24,2019-09-26,2019-09-29} | 19, 24, 26 and 29 September 2019
-0043-03-15 | 15 March 44 BCE
0079-08-24 | 24 August 79 CE
-0049/-0043 | 50 to 44 BCE
192X-33 | the first quarter of some year of the 1920s
180X-34 | the second quarter of some year from 1800 to 1809
1X2X-35 | the third quarter of some year written 1X2X
XXXX-36 | the fourth quarter of some year
19XX-37 | the first four months of some year from 1900 to 1999
19XX-38 | the middle four months of some year from 1900 to 1999
2XXX-39 | the last four months of some year from 2000 to 2999
-00XX-40 | the first half of some year from 100 to 2 BCE
192X-41 | the second half of some year of the 1920s
192X-33? | the first quarter of some year of the 1920s (uncertain)
?192X-33 | the first quarter of some year of the 1920s (year uncertain)
192X-~33 | the first quarter of some year of the 1920s (quarter approximate)
192X-33/193X-34 | from the first quarter of some year of the 1920s to the second quarter of some year of the 1930s
192X-33/192X-33 | within the first quarter of some year of the 1920s
[192X-33,1950] | the first quarter of some year of the 1920s or 1950
192X-21 | spring in some year of the 1920s
XXXX-24 | winter in some year
192X-25 | spring in some year of the 1920s (Northern Hemisphere)
192X-12 | December in some year of the 1920s
192X-12? | December in some year of the 1920s (uncertain)
1X2X-1X | October, November or December in some year written 1X2X
192X-XX | some month in some year of the 1920s
192X-XX-XX | some day in some year of the 1920s
192X-XX-15 | the 15th of some month in some year of the 1920s
192X-?XX-15 | the 15th of some month in some year of the 1920s (month uncertain)
192X-12-~XX | some day in December in some year of the 1920s (day approximate)
XXXX-12-25~ | 25 December in some year (approximate)
2015-?33 | the first quarter of 2015 (quarter uncertain)
2015-~21 | spring 2015 (season approximate)
2015-?38 | the middle four months of 2015 (four-month period uncertain)
2015-%41 | the second half of 2015 (half-year uncertain and approximate)
"""


@pytest.mark.parametrize(
    ("text", "words"), [row.split(" | ") for row in WORDS.strip().splitlines()]
)
def test_describe(text, words):
    assert parse_date(text).describe() == words


ERRORS = """
1900-02-29 | there is no day 29: February 1900 has 28 days (character 9 of '1900-02-29')
2015-13 | there is no month 13: months are 01 to 12, seasons 21 to 24, other parts of a year 25 to 41 (character 6 of '2015-13')
2015-02-00 | there is no day 00: days are 01 to 31, an unspecified one is XX (character 9 of '2015-02-00')
2008/2004 | the interval ends before it begins: perhaps 2004/2008 (character 6 of '2008/2004')
2015/2016/2017 | an interval has one slash: start/end (character 10 of '2015/2016/2017')
/ | an interval needs a start or an end, such as 2015-11-24/ or ../2015 (character 1 of '/')
2015/03/18 | a date has hyphens: 2015-03-18 (character 5 of '2015/03/18')
20150318 | a date has hyphens: 2015-03-18 (character 5 of '20150318')
2015-6-9 | a month has two digits: 06 (character 6 of '2015-6-9')
12345 | a year of more than four digits stands after Y: Y12345 (character 1 of '12345')
Y2015 | Y is only for years of more than four digits: write 2015 (character 1 of 'Y2015')
Y012345 | a year after Y has no leading zeros (character 2 of 'Y012345')
Y1000000000001 | the year is beyond 10^12: no year may be further from zero (character 2 of 'Y1000000000001')
Y1E999999999 | the year is beyond 10^12: no year may be further from zero (character 2 of 'Y1E999999999')
-0000 | there is no year -0000: the year 0, 1 BCE, is 0000 (character 1 of '-0000')
1950S5 | the year has 4 significant digits: after S write 1 to 4 (character 6 of '1950S5')
2001-2X | no month is written 2X: an unspecified month is XX, 0X or 1X (character 6 of '2001-2X')
2015-21-05 | 21 is a part of the year and has no days: leave out the day (character 6 of '2015-21-05')
2015?~ | one mark is enough: ? uncertain, ~ approximate, % both (character 6 of '2015?~')
199u | in EDTF this is a capital X (character 4 of '199u')
1985-04-12T24:00:00 | hours are 00 to 23 (character 12 of '1985-04-12T24:00:00')
2016-12-31T23:58:60Z | seconds are 00 to 59, or 60 at 23:59 UTC (character 18 of '2016-12-31T23:58:60Z')
[2016..2015] | the range runs backwards: perhaps 2015..2016 (character 6 of '[2016..2015]')
[2015..2016-05] | the dates beside '..' have the same precision: [1670..1672] (character 6 of '[2015..2016-05]')
[2015, 2016] | there are no spaces in EDTF: leave it out (character 7 of '[2015, 2016]')
[2015 | a set that begins with [ ends with ] (character 6 of '[2015')
"""


@pytest.mark.parametrize(
    ("text", "message"), [row.split(" | ") for row in ERRORS.strip().splitlines()]
)
def test_errors_say_what_where_and_what_would_be_right(text, message):
    with pytest.raises(DateError) as caught:
        parse_date(text)
    assert str(caught.value) == message


SAME = """
Y-17E7 | Y-170000000
[1668,1667] | [1667,1668]
[1667,1668,1669] | [1667..1669]
2004-06-11% | %2004-%06-%11
?2004-06~ | 2004%-~06
1985-04-12T23:20:30-04 | 1985-04-12T23:20:30-04:00
1985-04-12T23:20:30+00:00 | 1985-04-12T23:20:30Z
1950S4 | 1950
"""


@pytest.mark.parametrize(("one", "other"), [row.split(" | ") for row in SAME.strip().splitlines()])
def test_equal_by_meaning(one, other):
    first, second = parse_date(one), parse_date(other)
    assert (first, hash(first)) == (second, hash(second))
    assert first.spans == second.spans


FILTERS = """
2015-06 | 2015 | possibly certainly
2015-06 | 2015-06-10/2015-06-20 | possibly
2015-06 | 2014 |
2015-06-09/2015-06-13 | 2015-06-11 | possibly certainly
2013? | 2013 | possibly
2013? | ../.. | possibly certainly
2004-06-~11 | 2004-06 | possibly certainly
2004-~06-11 | 2004-06 | possibly
2015-11-24/.. | 2020 | possibly
2015-11-24/ | 2015-11 | possibly certainly
[2014-10-03..2014-10-05] | 2014-10-04 | possibly
{2014-10-03..2014-10-05} | 2014-10-04 | possibly certainly
{2014-10-03,2014-10-05} | 2014-10-04 |
[2013,2015] | {2013,2015} | possibly certainly
[2013,2015] | 2013/2014 | possibly
-0043-03-15 | ../0000 | possibly certainly
"""


@pytest.mark.parametrize("row", FILTERS.strip("\n").splitlines())
def test_possibly_and_certainly(row):
    text, window_text, expected = (part.strip() for part in row.split("|"))
    date, window = parse_date(text), parse_date(window_text)
    found = [name for name in ("possibly", "certainly") if getattr(date, name)(window)]
    assert " ".join(found) == expected


def test_flags_ends_and_certain_spans():
    open_end, unknown_start = parse_date("1985/.."), parse_date("/1985")
    assert (open_end.end_open, open_end.end_unknown) == (True, False)
    assert (unknown_start.start_open, unknown_start.start_unknown) == (False, True)
    both = parse_date("1984%")
    assert (both.approximate, both.uncertain) == (True, True)
    assert both.readings == (Span(None, None, None, None),)
    assert len(parse_date("2004-~06-11").readings) == 12
    plain = parse_date("2004-06-11")
    assert plain.readings == plain.spans == (Span(731743, 731743, 731743, 731743),)


def test_immutable_and_copied_whole():
    date = parse_date("[1667,1668?]")
    with pytest.raises(AttributeError):
        date.text = "2015"  # type: ignore[misc]
    assert pickle.loads(pickle.dumps(date)) == copy.deepcopy(date) == date


def test_days():
    assert ordinal(2015, 3, 18) == datetime.date(2015, 3, 18).toordinal() == 735675
    assert (ordinal(1, 1, 1), from_ordinal(0)) == (1, (0, 12, 31))
    assert describe_day(735675) == "18 March 2015"
    assert describe_day(ordinal(-43, 3, 15)) == "15 March 44 BCE"
    with pytest.raises(ValueError, match="no day 29: February 1900 has 28 days"):
        ordinal(1900, 2, 29)


# --- Properties -----------------------------------------------------------------------------

_digits = st.sampled_from("0123456789X")
_mark = st.sampled_from(["", "", "", "?", "~", "%"])


@st.composite
def components(draw, count):
    """Two to four digits, some of them unspecified, with marks on either side."""
    digits = "".join(draw(st.lists(_digits, min_size=count, max_size=count)))
    return f"{draw(_mark)}{digits}{draw(_mark)}"


@st.composite
def single(draw):
    parts = [draw(components(4))]
    if draw(st.booleans()):
        month = draw(st.one_of(st.integers(1, 12), st.integers(21, 41)))
        parts.append(f"{draw(_mark)}{month:02}{draw(_mark)}")
        if month <= 12 and draw(st.booleans()):
            parts.append(draw(st.sampled_from(["01", "28", "29", "30", "XX", "1X", "X1", "~15"])))
    return "-".join(parts)


plain_years = st.integers(1990, 2010).map(str)
ranges = st.tuples(plain_years, plain_years).map("..".join)
members = st.lists(st.one_of(single(), plain_years, ranges), min_size=1, max_size=4).map(",".join)
long_years = st.integers(-(10**12), 10**12).filter(lambda y: abs(y) > 9999).map("Y{}".format)
ends = st.one_of(single(), st.sampled_from(["", ".."]))
texts = st.one_of(
    single(),
    single().map("-{}".format),
    long_years,
    st.tuples(ends, ends).map("/".join),
    members.map("[{}]".format),
    members.map("{{{}}}".format),
    members.map("[..{}]".format),
    members.map("{{{}..}}".format),
)
edtf_noise = st.text(st.sampled_from("0123456789X-?~%/.,[]{}YEST:+Z "), max_size=40)


def meaning(date):
    return (four_days(date), date.spans, date.readings, date.approximate, date.uncertain,
            date.relation, date.precision, date.start_open, date.start_unknown,
            date.end_open, date.end_unknown, date.describe())  # fmt: skip


@given(st.one_of(st.text(), edtf_noise))
def test_any_text_is_a_date_or_a_date_error(text):
    try:
        date = parse_date(text)
    except DateError as refused:
        error = refused
    else:
        assert date.text == text
        return
    assert 0 <= error.position <= len(text)
    assert str(error).startswith(error.message)


def parsed(text):
    try:
        return parse_date(text)
    except DateError:
        assume(False)


@given(texts)
def test_canonical_text_means_the_same(text):
    date = parsed(text)
    again = parse_date(date.to_edtf())
    assert (again, again.to_edtf(), meaning(again)) == (date, date.to_edtf(), meaning(date))


@given(texts)
def test_days_are_in_order_and_the_hull_of_the_spans(text):
    date = parsed(text)
    for days in (date, *date.spans, *date.readings):
        first, last = _bound(days.earliest_start, -1), _bound(days.latest_end, 1)
        assert first <= _bound(days.latest_start, 1) <= last
        assert first <= _bound(days.earliest_end, -1) <= last
    assert 1 <= len(date.spans) <= 1000
    starts = [_bound(span.earliest_start, -1) for span in date.spans]
    finishes = [_bound(span.latest_end, 1) for span in date.spans]
    assert min(starts) == _bound(date.earliest_start, -1)
    assert max(finishes) == _bound(date.latest_end, 1)


def _bound(n, side):
    return side * math.inf if n is None else n


def _matches(pattern, text):
    return all(sign in ("X", digit) for sign, digit in zip(pattern, text, strict=True))


@pytest.mark.slow  # draws many examples
@given(
    st.from_regex("1[0-9X][0-9X][0-9X]", fullmatch=True),
    st.from_regex("[01X][0-9X]", fullmatch=True),
    st.from_regex("[0-3X][0-9X]", fullmatch=True),
)
def test_unspecified_digits_stand_for_exactly_the_days_that_match(year, month, day):
    pattern = f"{year}-{month}-{day}"
    assume(year.count("X") < 3)
    years = [number for number in range(1000, 2000) if _matches(year, str(number))]
    days = {
        n
        for number in years
        for n in range(ordinal(number, 1, 1), ordinal(number, 12, 31) + 1)
        if _matches(pattern, datetime.date.fromordinal(n).isoformat())
    }
    if not days:
        with pytest.raises(DateError):
            parse_date(pattern)
        return
    date = parse_date(pattern)
    assert (date.earliest_start, date.latest_end) == (min(days), max(days))
    stretches = [range(s.earliest_start, s.latest_end + 1) for s in date.spans]
    assert {n for stretch in stretches for n in stretch} == days or len(date.spans) == 1


@given(texts, st.integers(1, 9000), st.integers(0, 900))
def test_what_is_certain_is_possible(text, year, length):
    date, window = parsed(text), parse_date(f"{year:04}/{year + length:04}")
    assert date.possibly(window) or not date.certainly(window)


@given(st.integers(-(10**15), 10**15))
def test_ordinals_round_trip(n):
    assert ordinal(*from_ordinal(n)) == n


@given(st.dates())
def test_ordinals_agree_with_datetime(day):
    assert ordinal(day.year, day.month, day.day) == day.toordinal()
    assert parse_date(day.isoformat()).earliest_start == day.toordinal()


# --- python-edtf ----------------------------------------------------------------------------

# Years it can convert; its long years are left out, since it walks through every one.
AGREED = """1985-04-12 1985-04 1985 1964/2008 2004-06/2006-08 2004-02-01/2005-02-08
2004-02-01/2005 2005/2006-02 1984? 2004-06~ 2004-06-11% 201X 20XX 2004-XX 1985-04-XX 1985-XX-XX
-1985 2001-34 2001-25 2001-40 2004-06~-11 2004?-06-11 2004-%06-11 156X-12-25 2004-06-XX/2004-07-03
2004-06-~01/2004-06-~20 0079 1XXX 2016-02"""

# Where python-edtf 5 reads otherwise or raises an error: text | our first and last day | theirs.
# Only ours is tested; where we have None, the text is refused.
DISAGREED = """
/1985 | * 1985-12-31 | it invents a start ten years earlier; unknown is no bound
1985/ | 1985-01-01 * | it invents an end ten years later; unknown is no bound
1985/.. | 1985-01-01 * | the same meaning: it writes infinity where we write None
1900-02-29 | None | 1900 was no leap year
2008/2004 | None | an interval cannot end before it begins
1950S2 | 1900-01-01 1999-12-31 | the specification: some year between 1900 and 1999
2001-21 | 2001-03-01 2001-11-30 | it takes the Northern Hemisphere's spring only
2001-24 | 2001-06-01 2002-02-28 | it ends the winter on 31 December
2001-28 | 2001-12-01 2002-02-28 | it ends the winter on 31 December
1984-1X | 1984-10-01 1984-12-31 | the specification's own example: it raises AttributeError
?2004-06~ | 2004-06-01 2004-06-30 | a mark on each side is allowed: it raises an error
"""


def _theirs(text):
    try:
        date = parse_edtf(text)
        bounds = (date.lower_strict(), date.upper_strict())
    except (EDTFParseException, AttributeError):
        return None
    return tuple(b if isinstance(b, float) else "{}-{:02}-{:02}".format(*b[:3]) for b in bounds)


def _ours(text):
    try:
        date = parse_date(text)
    except DateError:
        return None
    return shown(date.earliest_start), shown(date.latest_end)


@pytest.mark.parametrize("text", AGREED.split())
def test_python_edtf_agrees(text):
    assert _theirs(text) == _ours(text)


@pytest.mark.parametrize(
    ("text", "days", "why"), [row.split(" | ") for row in DISAGREED.strip().splitlines()]
)
def test_where_python_edtf_disagrees_the_specification_holds(text, days, why):
    found = _ours(text)
    assert (" ".join(found) if found else "None") == days, why


# Bounds


def test_a_text_has_a_greatest_length():
    text = f"[{'2015,' * 500}2016]"
    with pytest.raises(DateError) as refused:
        parse_date(text)
    assert refused.value.position == TEXT_LIMIT
    assert refused.value.message == (
        "a date has at most 2,000 characters: write the interval it lies in, "
        "or the days that follow each other as a range"
    )


def test_a_set_names_so_many_dates():
    days = [f"?XXXX-{month:02}-{day:02}" for month in range(1, 13) for day in range(1, 8)]
    assert len(parse_date(f"[{','.join(days[:SET_LIMIT])}]").spans) <= SPAN_LIMIT
    for members in (days[: SET_LIMIT + 1], ["2015..2017"] * (SET_LIMIT // 2) + ["2015"]):
        with pytest.raises(DateError) as refused:
            parse_date(f"[{','.join(members)}]")
        assert refused.value.message == (
            "a set names at most 80 dates: write those that follow each other as a range, "
            "or the interval they lie in"
        )


def test_the_longest_canonical_text_is_read_again():
    members = [f"?Y-9{number:02}E9S12" for number in range(10, 10 + SET_LIMIT)]
    date = parse_date(f"[{','.join(members)}]")
    assert len(date.to_edtf()) > len(date.text)
    assert parse_date(date.to_edtf()) == date


def test_members_with_unspecified_digits_share_the_spans():
    """Else each would be spelled out by the thousand, only to be given up."""
    assert len(parse_date("[20XX-01-01]").spans) == 100
    ten = ",".join(f"20XX-01-{day:02}" for day in range(1, 20, 2))
    assert len(parse_date(f"[{ten}]").spans) == 1000
    eleven = parse_date(f"[{ten},20XX-01-21]").spans
    assert [(s.earliest_start, s.latest_end) for s in eleven] == [
        (parse_date(f"2000-01-{day:02}").earliest_start, parse_date(f"2099-01-{day:02}").latest_end)
        for day in range(1, 22, 2)
    ]


def test_words_and_canonical_text_are_made_once():
    date = parse_date("[?XXXX-01-01,2015]")
    assert date.describe() is date.describe()
    assert date.to_edtf() is date.to_edtf()


ELEVEN = f"[{','.join(f'{century}XX-12-25' for century in range(10, 21))}]"


@pytest.mark.parametrize(
    ("text", "is_hull"),
    [
        ("2015", False),
        ("201X", False),
        ("1XXX-12-25", False),
        ("XXXX-12-25", True),
        ("XXXX-12", True),
        ("XXXX-XX", False),
        ("XXX1", False),
        ("YXXXX1", True),
        ("2015/XXXX-12", False),
        ("[2010-01-01..2019-12-31]", False),
        ("[2010-01-01..2019-12-31,20XX-12-25]", False),
        ("{20XX-12-25,2001}", False),
        ("{XXXX-12-25,2015}", True),
        ("[XXX1,XXX2]", True),
        (ELEVEN, True),
    ],
)
def test_it_says_whether_it_reaches_days_it_cannot_mean(text, is_hull):
    assert parse_date(text).is_hull is is_hull


HULLS = ("XXXX-12-25", "YXXXX1", "[XXX1,XXX2]", ELEVEN, "{XXXX-12-25,2015}")


@pytest.mark.parametrize(
    "window", [*HULLS, "[20XX-12-25,2000-01-01..2010-01-01]", "{20XX-12-25,2001}"]
)
def test_what_only_a_hull_says_is_certain_of_nothing(window):
    for text in ("2013-06-01", "2013-06", "Y12345"):
        assert not parse_date(text).certainly(parse_date(window))


def test_a_hull_leaves_what_is_certain_beside_it():
    assert parse_date("2015-06-01").certainly(parse_date("{XXXX-12-25,2015}"))
    assert parse_date("XXXX-12-25").certainly(parse_date("0000/9999"))


def test_as_a_window_members_are_each_by_themselves():
    """Whether one or all of them are meant: a day is in the window if it is in one of them."""
    assert len(parse_date("[2015-XX-15,2001]").ranges) == 13
    assert parse_date("{2015-XX-15,2001}").ranges == parse_date("[2015-XX-15,2001]").ranges


def test_a_long_range_is_one_span_and_leaves_the_others_theirs():
    spans = parse_date("[2015-XX-15,1000-01-01..1010-01-01]").spans
    days = [shown(span.earliest_start) for span in spans]
    assert days == ["1000-01-01", *(f"2015-{month:02}-15" for month in range(1, 13))]


def test_alternatives_that_meet_are_one_span():
    """94 years make one span, and mean what they meant: any of their days."""
    (span,) = parse_date("[1667..1760]").spans
    assert (shown(span.earliest_start), shown(span.latest_end)) == ("1667-01-01", "1760-12-31")
    assert len(parse_date("[1667..1759,1761]").spans) == 2
    assert len(parse_date("[2015-06,2015-06-30..2015-07-02,2015-07-03]").spans) == 1
    assert len(parse_date("[1000..1899,19XX-12-25,20XX-12-25]").spans) == 201


def test_members_that_are_all_meant_stay_apart():
    assert len(parse_date("{1667..1760}").spans) == 94
    assert len(parse_date("{2015-06..2015-08,2016}").spans) == 4
    assert parse_date("{2015-06-01..2015-06-09}").spans == parse_date("2015-06-01/2015-06-09").spans


def test_it_names_dates():
    assert [date.text for date in parse_date("2015-~21").named] == ["2015-~21"]
    assert [date.text for date in parse_date("2015-21/2015-21").named] == ["2015-21"]
    assert [date.text for date in parse_date("../2015-06-09").named] == ["2015-06-09"]
    assert [date.text for date in parse_date("[..2013,2016-25..2017-26,20XX]").named] == [
        "2013", "2016-25", "2017-26", "20XX"
    ]  # fmt: skip


small_patterns = st.tuples(
    st.from_regex("20[01X][0-9X]", fullmatch=True),
    st.sampled_from(["", "-XX", "-06", "-0X", "-X1", "-1X"]),
    st.sampled_from(["", "-XX", "-15", "-1X", "-X5", "-3X"]),
).map(lambda parts: "".join(parts if parts[1] else parts[:1]))
small_ranges = st.tuples(plain_years, plain_years).map(sorted).map("..".join)
small_pieces = st.lists(st.one_of(small_patterns, small_ranges), max_size=4)


def _can_be(piece, day):
    first, dots, last = piece.partition("..")
    return first <= day[:4] <= last if dots else _matches(first, day[: len(first)])


@given(
    st.dates(datetime.date(2000, 1, 1), datetime.date(2019, 12, 31)).map(str),
    small_pieces,
    small_pieces.filter(bool),
    st.sampled_from(["[{}]", "{{{}}}"]),
    st.sampled_from([2, 12, SPAN_LIMIT]),
)
def test_what_is_certain_holds_for_every_day_it_can_be(day, others, pieces, brackets, limit):
    """However few spans there may be: a hull is never taken for what it stands for."""
    window = parsed(brackets.format(",".join(pieces)))
    event, alone = parsed(f"[{','.join([*others, day])}]"), parse_date(day)
    is_in = any(_can_be(piece, day) for piece in pieces)
    with mock.patch.object(spans, "SPAN_LIMIT", limit):
        assert is_in or not event.certainly(window)
        assert event.possibly(window) or not is_in
        assert window.is_hull or alone.possibly(window) == alone.certainly(window) == is_in


@given(texts, st.integers(1, 9000), st.integers(0, 900))
def test_windows_with_and_without_a_gap_agree(text, year, length):
    """Stretches decide of one, readings of the other: the far year is nothing's only chance."""
    date = parsed(text)
    years = f"{year:04}..{year + length:04}" if length else f"{year:04}"
    window, with_gap = parse_date(f"[{years}]"), parse_date(f"[Y-777777777,{years}]")
    assume(not date.possibly(parse_date("Y-777777777")))
    assert len(with_gap.ranges) == 2
    assert date.certainly(window) == date.certainly(with_gap)
