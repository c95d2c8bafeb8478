"""What a person or a spreadsheet probably meant."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edtf_dates import parse_date
from edtf_dates.guesses import guess_edtf

GUESSES = """
7 March 2016 | 2016-03-07
March 2016 | 2016-03
c. 1890 | 1890~
early 2015 | 2015-37 2015-33
2015-6-9 | 2015-06-09
07/03/2016 | 2016-03-07 2016-07-03
between 843 and 848 | [0843..0848] 0843/0848
44 BC | -0043
264-241 BC | -0263/-0240
264\u2013241 BCE | -0263/-0240
19 July 64 | 1964-07-19 2064-07-19 0064-07-19
1890s | 189X
19th century | 18XX
spring 1921 | 1921-21 1921-25
2013 or 2014 | [2013,2014]
Mar-15 | 2015-03 XXXX-03-15
15-Mar | XXXX-03-15 2015-03
42081 | 2015-03-18 2019-03-19
18/03/2015 | 2015-03-18
2015/03/18 | 2015-03-18
20150318 | 2015-03-18
201503 | 2015-03
2015-03-18 00:00:00 | 2015-03-18
18 mars 2015 | 2015-03-18
1er août 2016 | 2016-08-01
March 18, 2015 | 2015-03-18
the 18th of March, 2015 | 2015-03-18
18-Mar-15 | 2015-03-18 1915-03-18
9\u201313 June 2015 | 2015-06-09/2015-06-13
June 9-13, 2015 | 2015-06-09/2015-06-13
30 May \u2013 2 June 2015 | 2015-05-30/2015-06-02
2015-06-09 - 2015-06-13 | 2015-06-09/2015-06-13
du 9 au 13 juin 2015 | 2015-06-09/2015-06-13
1914-18 | 1914/1918
c. 1890? | 1890%
probably 1890 | 1890?
late 1890s | [1897..1899]
winter 2015 | 2015-24 2014-24 2015-28
XIXe siècle | 18XX
AD 79 | 0079
15 March 44 BC | -0043-03-15
from 44 BC to 14 AD | -0043/0014
before 1984 | [..1983]
since 24 November 2015 | 2015-11-24/..
19, 24 and 26 September 2019 | {2019-09-19,2019-09-24,2019-09-26}
199u | 199X
2015/open | 2015/..
"""


@pytest.mark.parametrize(
    ("text", "expected"), [row.split(" | ") for row in GUESSES.strip().splitlines()]
)
def test_guesses_best_first(text, expected):
    assert guess_edtf(text) == tuple(expected.split())


@pytest.mark.parametrize("text", ["", "sometime", "n.d.", "unknown", "13/13/2015", "x" * 1000])
def test_no_idea(text):
    assert guess_edtf(text) == ()


WORDS = """c. about early mid late between and or to from - / . , 7 18 31 03 2015 843 1890s march
mars mar-15 june spring winter 19th century bc ad ? ~ before after since q1 2015-03 XX"""
words = st.sampled_from(WORDS.split())


@given(st.one_of(st.text(max_size=130), st.lists(words, max_size=7).map(" ".join)))
def test_every_guess_parses(text):
    for guess in guess_edtf(text):
        parse_date(guess)
