"""The worst SQL that we could write, for the tests and for `make attack`.

Statements `from n` are of an endless recursion, NUMBERS; `texts` is a full-text index.
"""

NUMBERS = "with recursive n(i) as (select 1 union all select i + 1 from n)"
LONG = "hex(zeroblob(900000))"
RANDOM = "hex(randomblob(900000))"
ARRAY = "'[' || replace(hex(zeroblob(450000)), '00', '1,') || '1]'"

PATTERN = "'%" + "0" * 97 + "1%'"
FOUR_PATTERNS = " + ".join([f"(t like {PATTERN})"] * 4)
THREE_SETS = " + ".join(["(t glob t)"] * 3)
DIGITS = "replace(hex(zeroblob(990000)), '0', '7')"
LAST = ", '$[#-1]'"
NAMES = (
    "(select '{' || group_concat('\"' || printf('%x', i) || '\":1') || '}' "
    "from (select i from n limit 20000))"
)
SET_OF_DATES = "'{' || i || 'X-XX-XX, XXXX-02-29}'"
FRAME = "order by i rows between 50000 preceding and current row exclude current row"
DOUBLED = "select a + a as a from (" * 9 + "select abs(i) as a from t" + ")" * 9

# What takes too long: of an endless recursion, or of a product of large things.
TOO_SLOW = {
    "a recursion without an end": "select max(i) from n",
    "a product of tables": "select count(*) from n a, n b, n c",
    "an aggregate without an end": "select count(hex(randomblob(99))) from n",
    "JSON for ever": f"select sum(length(json(t))) from n, (select {ARRAY} as t)",
    "an array by itself": f"select count(*) from json_each({ARRAY}) a, json_each({ARRAY}) b",
    "a pattern for ever": f"select sum({LONG} like {PATTERN}) from n",
    "four patterns for ever": f"select sum({FOUR_PATTERNS}) from n, (select {LONG} as t)",
    "a wide frame": f"select sum(i) over ({FRAME}) from (select i from n limit 1000000)",
    "dates in long texts": f"select count(edtf_first_day({RANDOM})) from n",
    "dates in long windows": f"select count(edtf_possibly({RANDOM}, i)) from n",
    "sets of patterns": f"select count(edtf_possibly({SET_OF_DATES}, 'XXXX-1X-3X')) from n",
    "intervals of long texts": f"select count(edtf_interval({RANDOM}, i)) from n",
    "tallies of long texts": f"select edtf_bins({RANDOM}, 'year', 1, 9) from n",
    "distances of long texts": f"select count(km_between({LONG}, 1, 2, 3)) from n",
    "searches of long texts": f"select count(escape_fts(replace({LONG}, '00', '\" '))) from n",
    "long numbers": "select sum(length(printf('%1900000.1900000f', i))) from n",
}

# What is too large, and a word of what is said.
TOO_LARGE = {
    "a value": ("select hex(randomblob(450000000))", "too big"),
    "two values": (f"select {LONG} || {LONG}", "too big"),
    "a text replaced": (f"select replace({LONG}, '0', 'xx')", "too big"),
    "an aggregate": (
        "select group_concat(hex(zeroblob(100000))) from (select i from n limit 100)",
        "too big",
    ),
    "a text that grows": (
        "with recursive t(x) as (select 'x' union all select x || x from t) select x from t",
        "too big",
    ),
    "rows of zeros": ("select zeroblob(2000000) from n", "larger than 32 MB"),
    # SQLite then asks statements of its own, some for each row.
    "rows of zeros beside what a search finds": (
        "select zeroblob(1900000), text from texts where texts match 'the' limit 100",
        "larger than 32 MB",
    ),
    "rows of zeros beside a search, after a comment": (
        "-- found by a search\nselect zeroblob(1900000), text from texts where texts match 'the' limit 100",
        "larger than 32 MB",
    ),
    "rows of zeros beside what SQLite tells of tables": (
        "select zeroblob(1900000), name from n left join pragma_table_info(char(120, 10, 13, i)) limit 100",
        "larger than 32 MB",
    ),
    "rows of text": (f"select {LONG} from n", "larger than 32 MB"),
    "rows of numbers": (f"select {', '.join(['i'] * 499)} from n", "larger than 32 MB"),
    "rows of signs of four bytes": (
        "select replace(hex(zeroblob(99000)), '00', char(128512)) from n",
        "larger than 32 MB",
    ),
    "a wide row": (
        f"select {', '.join(f't || {n}' for n in range(400))} from (select {LONG} as t)",
        "memory",
    ),
    "rows sorted": (f"select length(t) from (select {LONG} || i as t from n order by t)", "memory"),
    "rows compared": (f"select distinct {RANDOM} from n", "larger than 32 MB"),
    "rows counted apart": (f"select count(distinct {RANDOM}) from n", "memory"),
    "rows kept": (
        "with recursive t(x) as (select 'x' union select hex(randomblob(90000)) from t) "
        "select count(*) from t",
        "memory",
    ),
    "dates kept for a tally": ("select edtf_bins(date(i), 'year', 1, 9) from n", "memory"),
    "a pattern": (f"select 'x' like '{'x' * 101}'", "too complex"),
    "an expression": (f"select {'- ' * 1100}1", "depth|overflow"),
    "a union": (f"select 1 {'union all select 1 ' * 60}", "too many terms"),
    "the columns": (f"select {', '.join(['1'] * 501)}", "too many columns"),
    "the arguments": (f"select max({', '.join(['1'] * 51)})", "too many arguments"),
    "another database": ("attach ':memory:' as x", "not authorized"),
    "a regular expression": ("select 'a' regexp 'a'", "no such function"),
    "an address in the process": (
        "select fts3_tokenizer(cast(x'73696d706c65' as text))",
        "not authorized to use function: fts3_tokenizer",
    ),
    "any number as an address": (
        "select FTS3_Tokenizer('simple', zeroblob(8))",
        "not authorized to use function: FTS3_Tokenizer",
    ),
}


# What SQLite looks at no clock within.
IN_ONE_ROW = {
    "a text in another": f"select instr({LONG}, '1' || {LONG})",
    "a text trimmed by another": f"select trim({LONG}, {RANDOM})",
    "an object merged with many names": f"select json_patch('{{}}', {NAMES})",
    "a moment spelled over and over": f"select strftime(replace({LONG}, '00', '%J'), 1)",
    "functions": f"select {'json(i), ' * 99} json(i) from n limit 1",
    "functions doubled": f"with t as (select 1 as i limit 1) {DOUBLED}",
    "patterns": f"select {FOUR_PATTERNS} from (select {LONG} as t)",
    "sets": f"select {THREE_SETS} from (select {LONG} as t)",
}


def summed(expression: str, times: int) -> str:
    return " + ".join([expression] * times)


SETS = "(t glob '*" + "[0-7]" * 19 + "1*')"
PATHS = f"json_extract(t{LAST * 48})"
TRIMMED = "length(trim(substr(t, 1, 900000), '1234567890'))"
SPELLED = "length(strftime(replace(substr(t, 1, 90000), '7', '%J'), 1))"

# What one row can be made to do for long. By the limit the text is made once, not anew wherever
# it is named.
LONGEST_ROWS = {
    "arithmetic on long numbers": (
        f"select {', '.join(['i % t'] * 230)} from (select {DIGITS} as t, 7 as i limit 1)"
    ),
    "long numbers asked whether they are true": (
        f"select {'not t or ' * 480}t from (select '.' || replace({DIGITS}, '7', '0') as t limit 1)"
    ),
    "long texts joined": f"select {summed('(t || 1)', 180)} from (select {LONG} as t limit 1)",
    "sums of long numbers": f"select {', '.join(['sum(t)'] * 400)} from (select {DIGITS} as t limit 1)",
    "patterns": f"select {FOUR_PATTERNS} from (select {LONG} as t limit 1)",
    "sets of signs": f"select {summed(SETS, 2)} from (select {DIGITS} as t limit 1)",
    "paths in an array": f"select {summed(PATHS, 14)} from (select {ARRAY} as t limit 1)",
    "an array rewritten": (
        f"select length({'json_set(' * 14}t{(LAST + ', 1)') * 14}) from (select {ARRAY} as t limit 1)"
    ),
    "texts trimmed": f"select {summed(TRIMMED, 24)} from (select {DIGITS} as t limit 1)",
    "moments spelled": f"select {summed(SPELLED, 18)} from (select {DIGITS} as t limit 1)",
    "a sort": (
        "with recursive m(i) as (select 1 union all select i + 1 from m where i < 2500000) "
        "select i from m order by random()"
    ),
}
# Queries of a full-text index that cost it the most; it answers them.
SEARCHES = [
    " OR ".join(["a*", "b*", "the*", "x*"] * 200),
    "NEAR(the a b, 1000000)",
    f'"{" ".join(["the"] * 2000)}"',
    "NOT ".join(["the "] * 100) + "x",
    "(" * 5000 + "the" + ")" * 5000,
]

# What may take long, and ends.
ENDS = {**IN_ONE_ROW, **LONGEST_ROWS} | {
    f"search {n}": sql
    for n, sql in enumerate(
        f"select count(*) from texts where texts match '{query}'" for query in SEARCHES
    )
}
