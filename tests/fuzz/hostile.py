"""What is fed to the engine: real policies, cases and facts, bent by mutations that hypothesis can shrink."""

import json
import re
from collections.abc import Callable, Sequence
from decimal import Decimal
from functools import cache, partial
from pathlib import Path
from random import Random
from typing import Any

from hypothesis import strategies as st
from tests.oracle import policies

from crossgrade.reading.located import compose, plain

ROOT = Path(__file__).resolve().parents[2]
Path_ = tuple[str | int, ...]

PIECES: tuple[bytes, ...] = (
    # Encodings
    b"\xef\xbb\xbf", b"\xff\xfe", b"\x00", b"\x07", b"\x1b[31m", b"\x7f", b"\xed\xa0\x80", b"\xc0\x80",
    b"\xf4\x90\x80\x80", b"\xc2\x85", b"\xe2\x80\xa8", b"\xe2\x80\xae", b"\xef\xbf\xbe", b"\xf0\x9f\x92\xb6",
    b"\xd9\xa3", b"\xe2\x91\xa0", b"\r", b"\r\n",
    # YAML's own marks
    b"---\n", b"...\n", b"%YAML 1.1\n", b"%TAG ! tag:x,2000:\n", b"? ", b": ", b"- ", b"\n- ", b"[", b"]", b"{", b"}",
    b"[" * 80, b"{a: " * 80, b"- " * 80, b"|", b">-\n", b'"', b"'", b"#", b"\t", b"\n\t", b"&a ", b"*a", b"&a [*a]",
    b"&b [*a,*a,*a,*a]", b"<<: ", b"<<: *a", b"!!binary ", b"!!python/object/apply:os.abort []", b"! ",
    b"!<tag:yaml.org,2002:str> ", b'"\\ud800"', b'"\\0"', b'"\\U0010ffff"', b'"\\UFFFFFFFF"', b'"\\x7f"',
    # Values
    b"~", b"null", b"yes", b"true", b"-1", b"0", b"-0", b"0.001", b"1e40", b"1e999999999", b"-1e-40", b"9" * 39,
    b"9" * 5000, b"0x" + b"f" * 39, b"0o7", b".inf", b".nan", b"1_000", b"0001-01-01", b"9999-12-31", b"2026-02-30",
    b"2026-01-01T00:00:00Z", b"9999 years", b"1 day", b"once", b"any", b"none", b"{usage.disk_gb}", b"{", b"{{}}",
    b"{a.b.c}", b"../../etc/passwd", b"CON", b"Europe/../Berlin", b"XXX", b"USD", b"basic", b"include: [policy.yaml]",
    b"de-" + b"x" * 300, b"x" * 3000,
)  # fmt: skip
"""Bytes that files and bodies are not expected to hold."""

VALUES: tuple[Any, ...] = (
    None, True, False, 0, 1, -1, 2**31, 10**15, 10**39, 10**400, -(10**400), Decimal("0.001"), Decimal("1e40"),
    Decimal("-0"), Decimal("1e-4000"), Decimal("1e999999"), "", " ", "x", "0", "1e999999999", "NaN", "sNaN",
    "Infinity", "\ud800", "\x00", "\u202e", "\x1b[2J", "<script>alert(1)</script>", "`x`|*y*", "x" * 5_000, "٣", "①",
    "true", "none", "any", "any_family", "once", "free", "month", "9999 years", "0 days", "basic", "premium",
    "basic/monthly", "upgrade", "unlimited", "USD", "EUR", "XXX", "JPY", "usd", "\ud800SD", "UTC", "../UTC",
    "Europe/Berlin", "0001-01-01", "9999-12-31", "2026-01-31", "2026-06-15T00:00:00Z", "0001-01-01T00:00:00+14:00",
    "9999-12-31T23:59:59-14:00", "2026-06-15T00:00:00", "2026-06-15T00:00:00+23:59:59.999999", "2026-W01-1",
    "20260101", [], {}, [[]], [None], [1, 2], ["a"] * 300, {"": 1}, {"a": {}}, {"plan": "basic"}, {"\ud800": 1},
    {"en": "x", "de": "y"}, {"at_least": 1, "at_most": 0}, {"between": [3, 1]}, {"none": []},
    {"any": [{"any": [{"membership.quantity": 1}]}]}, {"USD": 1, "EUR": 2}, {f"k{n}": n for n in range(200)},
)  # fmt: skip
"""Values that stand where others are expected."""


@cache
def policy_texts() -> tuple[bytes, ...]:
    """Return every policy that is shipped, the one with every key, and a few of the random ones."""
    shipped = [file.read_bytes() for file in sorted((ROOT / "policies").glob("*/policy.yaml"))]
    random = [policies.to_yaml(policies.policy(Random(seed), supported=False)).encode() for seed in range(10)]
    return (*shipped, (ROOT / "tests/reading/data/every-key.yaml").read_bytes(), *random)


@cache
def case_texts() -> tuple[bytes, ...]:
    """Return the cases of the shipped policies."""
    return tuple(file.read_bytes() for file in sorted((ROOT / "policies").glob("*/cases.yaml")))


@cache
def documents() -> tuple[Any, ...]:
    """Return every policy as a tree."""
    return tuple(_tree(text) for text in policy_texts())


def _tree(text: bytes) -> Any:
    node, findings = compose(text, "real.yaml")
    assert node is not None, findings
    return plain(node)


@cache
def case_documents() -> tuple[Any, ...]:
    """Return every cases file as a tree."""
    return tuple(_tree(text) for text in case_texts())


# Integers are drawn small by preference, and every place is as good as another.
_PLACE = st.randoms(use_true_random=False).map(lambda random: random.randrange(10**6))
ANY_TEXT = st.text(st.characters(codec=None), max_size=12)
ANY_VALUE = st.one_of(
    st.sampled_from(VALUES),
    st.integers(-(10**18), 10**18),
    st.decimals(allow_nan=False, allow_infinity=False),
    ANY_TEXT,
    st.dates().map(str),
    st.datetimes().map(lambda moment: f"{moment.isoformat()}+01:00"),
)


def bent_bytes(texts: Callable[[], Sequence[bytes]]) -> st.SearchStrategy[bytes]:
    """Return real texts in which stretches are cut out, repeated, or have something put in."""
    edit = st.tuples(
        st.sampled_from(("insert", "cut", "repeat", "replace")),
        _PLACE,
        st.integers(1, 60),
        st.one_of(st.sampled_from(PIECES), st.binary(min_size=1, max_size=6)),
    )
    return st.deferred(lambda: st.builds(_edited, st.sampled_from(texts()), st.lists(edit, min_size=1, max_size=6)))


def _edited(text: bytes, edits: list[tuple[str, int, int, bytes]]) -> bytes:
    for way, place, length, piece in edits:
        start = place % (len(text) + 1)
        stretch = text[start : start + length]
        put = {"insert": piece + stretch, "cut": b"", "repeat": stretch * 3, "replace": piece}[way]
        text = text[:start] + put + text[start + length :]
    return text


def bent_trees(trees: Callable[[], Sequence[Any]]) -> st.SearchStrategy[Any]:
    """Return real trees in which values are replaced, taken away, renamed, moved or wrapped."""
    edit = st.tuples(
        st.sampled_from(("replace", "replace", "edge", "edge", "delete", "rename", "move", "wrap", "add")),
        _PLACE,
        _PLACE,
        ANY_VALUE,
        ANY_TEXT,
    )
    return st.deferred(lambda: st.builds(_bent, st.sampled_from(trees()), st.lists(edit, min_size=1, max_size=3)))


def _bent(tree: Any, edits: list[tuple[str, int, int, Any, str]]) -> Any:
    for way, first, second, value, name in edits:
        paths = list(_paths(tree, ()))[1:]  # without the root: replacing all of it shows little
        if not paths:
            break
        path = paths[first % len(paths)]
        other = _at(tree, paths[second % len(paths)])
        put = _alike(_at(tree, path), second) if way == "edge" else value
        tree = _changed(tree, path, partial(_put, way, other, put))
        if way in ("delete", "rename"):
            tree = _changed(tree, path[:-1], partial(_rekeyed, way, path[-1], name))
    return tree


ALIKE: tuple[tuple[str, tuple[Any, ...]], ...] = (
    (
        r"[0-9]{4}-[0-9]{2}-[0-9]{2}T.*",
        tuple(
            f"{day}T{clock}"
            for day in (
                "0001-01-01",
                "0999-12-31",
                "1000-01-01",
                "1582-10-10",
                "8999-12-31",
                "9999-12-31",
                "2028-02-29",
                "2026-03-29",
                "2026-10-25",
            )
            for clock in ("00:00:00Z", "02:30:00+01:00", "23:59:59.999999-14:00", "00:00:00+14:00")
        ),
    ),
    (r"[0-9]{4}-[0-9]{2}-[0-9]{2}", ("0001-01-01", "0999-12-31", "9999-12-31", "2028-02-29", "2026-02-29")),
    (r"-?[0-9]+([.][0-9]+)?", ("0", "0.00", "0.001", "-1", "1e15", "9999999999999.99", "10000000000000.00", "1e-7")),
)
"""Forms of texts, and what is likely to be read where such a text stands, at the edges of what can be."""


def _alike(old: Any, number: int) -> Any:
    """Return a value of the kind of the old one, at the edge."""
    if isinstance(old, bool):
        return not old
    if isinstance(old, int | Decimal):
        return (0, 1, -1, 2, 31, 32, 10**9 - 1, 10**9, 10**15, 10**18, Decimal("0.01"), Decimal("1e-6"))[number % 12]
    for form, edges in ALIKE:
        if isinstance(old, str) and re.fullmatch(form, old):
            return edges[number % len(edges)]
    return old


def _put(way: str, other: Any, value: Any, old: Any) -> Any:
    if way in ("replace", "edge"):
        return value
    if way == "move":
        return other
    if way == "wrap":
        return [old]
    if way == "add" and isinstance(old, dict):
        return {**old, "added": value, **({} if not isinstance(value, str) else {value: other})}
    return [*old, value, other] if way == "add" and isinstance(old, list) else old


def _rekeyed(way: str, key: str | int, name: str, old: Any) -> Any:
    if isinstance(old, list):
        return [item for place, item in enumerate(old) if place != key]
    kept = {known: item for known, item in old.items() if known != key}
    return kept if way == "delete" else {**kept, name: old[key]}


def _paths(tree: Any, path: Path_) -> Any:
    yield path
    pairs = tree.items() if isinstance(tree, dict) else enumerate(tree) if isinstance(tree, list) else ()
    for key, value in pairs:
        yield from _paths(value, (*path, key))


def _at(tree: Any, path: Path_) -> Any:
    for key in path:
        tree = tree[key]
    return tree


def _changed(tree: Any, path: Path_, change: Callable[[Any], Any]) -> Any:
    if not path:
        return change(tree)
    key, rest = path[0], path[1:]
    if isinstance(tree, dict):
        return {known: _changed(item, rest, change) if known == key else item for known, item in tree.items()}
    return [_changed(item, rest, change) if place == key else item for place, item in enumerate(tree)]


def as_yaml(tree: Any) -> bytes:
    """Write a tree as flow YAML; texts that are no Unicode are written as they are, for the reader to refuse."""
    return _flow(tree, quoted=False).encode("utf-8", "surrogatepass")


def as_json(tree: Any) -> bytes:
    """Write a tree as JSON, numbers digit by digit."""
    return _flow(tree, quoted=True).encode()


def _flow(value: Any, *, quoted: bool) -> str:
    if isinstance(value, dict):
        pairs = (f"{_flow(str(key), quoted=quoted)}: {_flow(item, quoted=quoted)}" for key, item in value.items())
        return "{" + ", ".join(pairs) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(_flow(item, quoted=quoted) for item in value) + "]"
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, int) and not isinstance(value, bool):
        # int() of so many digits is refused by Python, and so is their text.
        return str(value) if abs(value) < 10**4000 else "9" * 5000
    return json.dumps(value, ensure_ascii=quoted)
