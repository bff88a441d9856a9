# SPDX-License-Identifier: Apache-2.0
"""Filters made at random: the database answers what plain Python does over the same rows, and nothing ends in a 500."""

import math
import operator
import time
from dataclasses import dataclass
from functools import reduce
from types import SimpleNamespace

import orjson
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shanhai.field.sensors.sta.selectors.plans import Asked
from shanhai.field.sensors.sta.views.reading import read
from shanhai.field.sensors.store.rules.times import format_period, format_time
from shanhai.field.sensors.tests.builders import a_datastream, a_location, a_thing, observations
from shanhai.field.sensors.tests.streams import SECOND, START
from shanhai.kernel.actors import system
from shanhai.kernel.errors import DomainError
from tests.cast import AT

ASKED = Asked(system("tests", ("sensor.view",)), AT, "http://testserver/sta/v1.1")
UNHURRIED = settings(
    max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
OWNERS = {
    "alpha": {"height": 3, "owner": "it's", "on": True},
    "beta": {"height": "3", "on": False, "deep": {"list": [1, 2.5]}},
    "": None,
}
RESULTS = [0, 1, -1, 2.5, -2.5, 3, 7, 10.25, "3", "open", "", True, False, None, {"a": 1}]


@dataclass
class Expr:
    """How it is written, and what it is for a row: None is null."""

    text: str
    of: object


@pytest.fixture
def rows(db):
    """Observations with all that is asked of them, in the order of their ids."""
    made = []
    for number, (name, properties) in enumerate(OWNERS.items()):
        stream = a_datastream(f"{name}-stream", thing=a_thing(name, properties=properties))
        for at, result in enumerate(RESULTS[number::2]):
            time = START + (at * 7919 + number) * 1000 * SECOND
            facts = {"time": time, "end": time + 300 * SECOND if at % 3 == 0 else None}
            facts["result_time"] = time + 60 * SECOND if at % 2 else None
            valid = (time + at * 250_000, None if at % 2 else time + at * 400 * SECOND)
            extra = {"validTime": format_period(*valid)} if at % 4 else None
            row = observations(stream, result, extra=extra, **facts)[0]
            known = {"result": result, "name": name, "p": properties, "stream": stream.name, **facts}
            made.append(SimpleNamespace(id=row.pk, valid=extra and (valid[0], valid[1] or valid[0]), **known))
    return made


def numeric(value):
    return float(value) if isinstance(value, (int, float)) and not isinstance(value, bool) else None


def textual(value):
    return value if isinstance(value, str) else None


def lift(function, *parts):
    """A function that gives null for null, and for what has no answer."""

    def of(row):
        values = [part.of(row) for part in parts]
        if any(one is None for one in values):
            return None
        try:
            found = function(*values)
        except ZeroDivisionError:
            return None
        return found

    return of


def prop(key):
    return lambda row: (row.p or {}).get(key)


def half_away(x):
    return math.ceil(x - 0.5) if x < 0 else math.floor(x + 0.5)


NUMBERS = st.one_of(
    st.integers(-20, 20).map(lambda n: Expr(str(n), lambda row, n=n: float(n))),
    st.sampled_from(
        [
            Expr("2.5", lambda row: 2.5),
            Expr("-1e-1", lambda row: -0.1),
            Expr("(result add 0)", lambda row: numeric(row.result)),
            Expr("(Datastream/Thing/properties/height mul 1)", lambda row: numeric(prop("height")(row))),
            Expr("-Datastream/Thing/properties/deep/list[1]", lambda row: -2.5 if row.name == "beta" else None),
            Expr("length(Datastream/name)", lambda row: float(len(row.stream))),
            Expr("minute(phenomenonTime)", lambda row: float(row.time // (60 * SECOND) % 60)),
            Expr("fractionalseconds(validTime)", lambda row: row.valid and row.valid[0] % SECOND / SECOND),
            Expr("year(resultTime)", lambda row: row.result_time and float(time.gmtime(row.result_time // SECOND)[0])),
        ]
    ),
)
ARITHMETIC = {"add": operator.add, "sub": operator.sub, "mul": operator.mul, "div": operator.truediv}
ARITHMETIC["mod"] = lambda a, b: a - b * math.trunc(a / b)
ROUNDING = {"floor": math.floor, "ceiling": math.ceil, "round": half_away}
COUNTED = st.recursive(
    NUMBERS,
    lambda inner: st.one_of(
        st.builds(
            lambda sign, a, b: Expr(f"({a.text} {sign} {b.text})", lift(ARITHMETIC[sign], a, b)),
            st.sampled_from(sorted(ARITHMETIC)),
            inner,
            inner,
        ),
        st.builds(
            lambda name, a: Expr(f"{name}({a.text})", lift(lambda x, name=name: float(ROUNDING[name](x)), a)),
            st.sampled_from(sorted(ROUNDING)),
            inner,
        ),
    ),
    max_leaves=4,
)
PLAIN_TEXTS = st.one_of(
    st.sampled_from(["", "a", "alpha", "3", "it's", "open", "-stream", "高"]).map(
        lambda s: Expr("'" + s.replace("'", "''") + "'", lambda row, s=s: s)
    ),
    st.sampled_from(
        [
            Expr("Datastream/Thing/name", lambda row: row.name),
            Expr("Datastream/name", lambda row: row.stream),
            Expr("Datastream/Thing/properties/owner", lambda row: textual(prop("owner")(row))),
        ]
    ),
)
TEXTS = st.recursive(
    PLAIN_TEXTS,
    lambda inner: st.one_of(
        st.builds(lambda a, b: Expr(f"concat({a.text},{b.text})", lift(operator.add, a, b)), inner, inner),
        st.builds(lambda a: Expr(f"toupper({a.text})", lift(str.upper, a)), inner),
        st.builds(lambda a: Expr(f"trim({a.text})", lift(lambda s: s.strip(" "), a)), inner),
        st.builds(
            lambda a, n, m: Expr(f"substring({a.text},{n},{m})", lift(lambda s: s[n : n + m], a)),
            inner,
            st.integers(0, 4),
            st.integers(0, 4),
        ),
    ),
    max_leaves=3,
)
INSTANTS = st.integers(-2, 40).map(lambda n: START + n * 1_000_000 * SECOND + (n % 3) * 500_000)
TIMES = st.one_of(
    INSTANTS.map(lambda us: Expr(format_time(us), lambda row, us=us: (us, us))),
    st.sampled_from(
        [
            Expr("phenomenonTime", lambda row: (row.time, row.end or row.time)),
            Expr("resultTime", lambda row: row.result_time and (row.result_time, row.result_time)),
            Expr("validTime", lambda row: row.valid),
            Expr("validTime add duration'PT0S'", lambda row: row.valid),
            Expr("resultTime sub duration'PT1M'", lambda row: row.result_time and (row.time, row.time)),
        ]
    ),
)
SIGNS = {"eq": operator.eq, "lt": operator.lt, "le": operator.le, "gt": operator.gt, "ge": operator.ge}
PERIODS = {
    "before": lambda a, b: a[1] < b[0],
    "after": lambda a, b: a[0] > b[1],
    "during": lambda a, b: a[0] >= b[0] and a[1] <= b[1],
    "overlaps": lambda a, b: a[0] <= b[1] and a[1] >= b[0],
    "meets": lambda a, b: a[1] == b[0] or a[0] == b[1],
    "starts": lambda a, b: a[0] == b[0],
    "finishes": lambda a, b: a[1] == b[1],
}
# What is of any kind is compared as what it stands beside.
LOOSE = st.sampled_from(
    [
        Expr("result", lambda row: numeric(row.result)),
        Expr("Datastream/Thing/properties/height", lambda row: numeric(prop("height")(row))),
    ]
)
THERE = st.integers(-4, 8).map(lambda n: Expr(f"({n} div 2)", lambda row, n=n: n / 2))
COMPARED = {
    "eq": operator.eq,
    "lt": PERIODS["before"],
    "gt": PERIODS["after"],
    "le": lambda a, b: a[1] <= b[0] or a == b,
    "ge": lambda a, b: a[0] >= b[1] or a == b,
}


def comparison(sign, a, b, signs=SIGNS):
    if sign == "ne":
        equal = comparison("eq", a, b, signs)
        return Expr(f"{a.text} ne {b.text}", lambda row: not equal.of(row))

    def of(row):
        left, right = a.of(row), b.of(row)
        if left is None or right is None:
            # Null is equal to null; of two literals neither is.
            return sign == "eq" and left is None and right is None
        return bool(signs[sign](left, right))

    return Expr(f"{a.text} {sign} {b.text}", of)


def whether(name, function, a, b):
    return Expr(f"{name}({a.text},{b.text})", lambda row: bool(lift(function, a, b)(row)))


TERMS = st.one_of(
    st.builds(comparison, st.sampled_from([*SIGNS, "ne"]), COUNTED, COUNTED),
    st.builds(comparison, st.sampled_from([*SIGNS, "ne"]), LOOSE, THERE),
    st.builds(comparison, st.sampled_from([*SIGNS, "ne"]), THERE, LOOSE),
    st.builds(comparison, st.sampled_from([*SIGNS, "ne"]), TEXTS, TEXTS),
    st.builds(lambda s, a, b: comparison(s, a, b, COMPARED), st.sampled_from([*SIGNS, "ne"]), TIMES, TIMES),
    st.builds(lambda name, a, b: whether(name, PERIODS[name], a, b), st.sampled_from(sorted(PERIODS)), TIMES, TIMES),
    st.builds(lambda a, b: whether("contains", lambda x, y: y in x, a, b), TEXTS, TEXTS),
    st.builds(lambda a, b: whether("startswith", str.startswith, a, b), TEXTS, TEXTS),
    st.builds(lambda a, b: whether("endswith", str.endswith, a, b), TEXTS, TEXTS),
    st.builds(lambda a: comparison("eq", a, Expr("null", lambda row: None)), st.one_of(COUNTED, TEXTS)),
    st.sampled_from(
        [
            Expr("result eq true", lambda row: row.result is True),
            Expr("result eq 'open'", lambda row: row.result == "open"),
            Expr("result eq null", lambda row: row.result is None),
            Expr("Datastream/Thing/properties/on", lambda row: prop("on")(row) is True),
            Expr("Datastream/Thing/properties eq null", lambda row: row.p is None),
        ]
    ),
)
FILTERS = st.recursive(
    TERMS,
    lambda inner: st.one_of(
        st.builds(
            lambda sign, parts: Expr(
                "(" + f" {sign} ".join(one.text for one in parts) + ")",
                lambda row: reduce(operator.and_ if sign == "and" else operator.or_, [one.of(row) for one in parts]),
            ),
            st.sampled_from(["and", "or"]),
            st.lists(inner, min_size=2, max_size=3),
        ),
        st.builds(lambda a: Expr(f"not ({a.text})", lambda row: not a.of(row)), inner),
    ),
    max_leaves=5,
)


def status(path, **options):
    """200 for an answer, else what a refusal says."""
    try:
        assert read(path, [(f"${name}", value) for name, value in options.items()], ASKED).body
    except DomainError as error:
        return error.status
    return 200


def found(path, **options):
    answer = read(path, [(f"${name}", value) for name, value in options.items()], ASKED)
    return orjson.loads(answer.body)["value"]


@UNHURRIED
@given(asked=FILTERS)
def test_the_database_answers_what_python_does(rows, asked):
    expected = [row.id for row in rows if asked.of(row)]

    assert [one["@iot.id"] for one in found("Observations", filter=asked.text, select="id")] == expected


WORDS = """result name id @iot.id phenomenonTime resultTime properties/x Datastream/name Datastreams/name location
    Locations/location Things/properties/height observedArea feature validTime parameters/a null true 1 -2.5 1e300
    9223372036854775807 9999999999999999999999 'a' '3' '' 2026-03-01T00:00:00Z
    2026-03-01T00:00:00Z/2026-03-02T00:00:00Z 2026-03-01 9999-12-31 23:59 duration'P1D' duration'P9999999D' now()
    mindatetime() maxdatetime() FeatureOfInterest/feature MultiDatastream/id unitOfMeasurement/symbol
    Thing/HistoricalLocations/time Datastreams/any()"""
PHRASES = ["geography'POINT(1 2)'", "Datastreams/any(d:d/name eq 'a')", "Observations/all(o:o/result gt 1)"]
NAMES = """contains startswith endswith substringof length indexof substring tolower trim concat year month day hour
    second fractionalseconds date time totaloffsetminutes totalseconds round floor ceiling before during overlaps meets
    st_within st_equals st_relate geo.distance geo.length geo.intersects nothing"""
ATOMS = st.sampled_from([*WORDS.split(), *PHRASES])
CALLS = st.sampled_from(NAMES.split())
JOINTS = st.sampled_from(["eq", "ne", "lt", "le", "gt", "ge", "and", "or", "add", "sub", "mul", "div", "mod", "in"])
ANYTHING = st.recursive(
    ATOMS,
    lambda inner: st.one_of(
        st.builds("{} {} {}".format, inner, JOINTS, inner),
        st.builds("({} {} {})".format, inner, JOINTS, inner),
        st.builds("not ({})".format, inner),
        st.builds("-{}".format, inner),
        st.builds(lambda name, given: f"{name}({','.join(given)})", CALLS, st.lists(inner, max_size=3)),
    ),
    max_leaves=6,
)
SETS = ("Things", "Locations", "Datastreams", "Observations", "FeaturesOfInterest", "HistoricalLocations", "Sensors")
SMALL = st.text(st.sampled_from("$'()/,;:=@.&% ntopskid019é高\0\t"), max_size=25)


@pytest.fixture
def some(transactional_db):
    """Rows that anything may be asked of. What the database refuses must not end the transaction of the test."""
    stream = a_datastream(thing=a_thing(properties={"height": 3}, locations=[a_location()]))
    observations(
        stream, 1, 2.5, "open", True, None, extra={"parameters": {"a": 1}, "validTime": "2026-03-01T00:00:00Z"}
    )


@UNHURRIED
@given(
    which=st.sampled_from(SETS),
    options=st.fixed_dictionaries(
        {},
        optional={
            "filter": st.one_of(ANYTHING, ANYTHING.map(lambda one: f"({one}) eq 1"), SMALL),
            "orderby": st.one_of(ATOMS, ANYTHING, SMALL),
            "select": st.one_of(st.sampled_from(["id", "name,result", "properties"]), SMALL),
            "expand": st.one_of(
                st.sampled_from(["Datastreams", "Observations", "Thing/Locations", "Things", "FeatureOfInterest"]),
                st.builds("Datastreams($filter={};$top={};$count=true)".format, ANYTHING, st.integers(-1, 3)),
                SMALL,
            ),
            "top": st.one_of(st.integers(-1, 10**13).map(str), SMALL),
            "skip": st.one_of(st.integers(0, 10**13).map(str), SMALL),
            "count": st.sampled_from(["true", "false", ""]),
            "skiptoken": st.one_of(st.integers().map(str), st.just("1.2"), SMALL),
            "resultFormat": st.sampled_from(["dataArray", "CSV", "GeoJSON", ""]),
        },
    ),
)
def test_whatever_is_asked_is_answered_or_refused_in_words(some, which, options):
    assert status(which, **options) in (200, 400, 422)


@UNHURRIED
@given(
    path=st.one_of(
        SMALL, st.lists(st.sampled_from([*SETS, "Things(1)", "name", "$ref", "$value", "properties"])).map("/".join)
    )
)
def test_whatever_path_is_asked_is_answered_or_not_found(some, path):
    assert status(path) in (200, 404)


@pytest.mark.parametrize(
    "asked",
    [
        "result mul 1e308 mul 1e308 mul 1e308 gt 1",
        "round(result mul 1e308 mul 1e308) gt 1",
        "floor(result mul -1e308 mul 1e308) mod 3 gt 1",
        "result mul 1e308 mul 1e308 sub result mul 1e308 mul 1e308 eq 0",
        "phenomenonTime" + " add duration'P9999999D'" * 30 + " gt now()",
        "year(phenomenonTime" + " add duration'P9999999D'" * 8 + ") gt 1",
        "year(phenomenonTime sub duration'P9999999D') gt 1",
        "date(phenomenonTime sub duration'P9999999D') gt 2026-01-01",
        "9223372036854775807 add 9223372036854775807 gt id",
        "id mul 9223372036854775807 gt 1",
        "-id mod -9223372036854775807 gt 1",
        "substring('abc',result mul 1e18,result mul 1e18) eq ''",
        "duration'P9999999D' mul 1e300 gt duration'P1D'",
        "id eq 9223372036854775808",
        "phenomenonTime add duration'P1D' mul 0.5 gt now()",
    ],
)
def test_what_goes_beyond_numbers_is_refused_or_answered(some, asked):
    assert status("Observations", filter=asked) in (200, 400)
