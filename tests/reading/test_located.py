"""Text becomes nodes: every scalar by the core schema, every mistake with its place and its remedy."""

from decimal import Decimal
from pathlib import Path

import pytest
import yaml

from crossgrade.diagnostics import as_text
from crossgrade.reading.anchors import DEEPEST
from crossgrade.reading.located import Entries, Items, Node, Scalar, compose, plain
from crossgrade.reading.source import LARGEST_FILE

TEXTS = sorted(Path(__file__).parent.joinpath("data", "text").glob("*.yaml"))

SCALARS = [
    ("yes", "yes"),
    ("no", "no"),
    ("on", "on"),
    ("off", "off"),
    ("y", "y"),
    ("~", None),
    ("null", None),
    ("Null", None),
    ("", None),
    ("nULL", "nULL"),
    ("true", True),
    ("True", True),
    ("TRUE", True),
    ("tRUE", "tRUE"),
    ("false", False),
    ("5", 5),
    ("+5", 5),
    ("-5", -5),
    ("007", 7),
    ("0o17", 15),
    ("0x1F", 31),
    ("0b1", "0b1"),
    ("1_000", "1_000"),
    ("1:20", "1:20"),
    ("9" * 40, 10**40 - 1),
    ("15.00", Decimal("15.00")),
    (".5", Decimal("0.5")),
    ("5.", Decimal(5)),
    ("-0.0", Decimal("-0.0")),
    ("1e3", Decimal("1e3")),
    ("1.5E-2", Decimal("0.015")),
    ("e3", "e3"),
    ("1.2.3", "1.2.3"),
    ("-x", "-x"),
    ("2026-01-01", "2026-01-01"),
    ("14 days", "14 days"),
    ('"5"', "5"),
    ("'true'", "true"),
    ('""', ""),
    ("|-\n  5", "5"),
]


def composed(text: str) -> Node:
    node, findings = compose(text.encode(), "p.yaml")
    assert findings == []
    assert node is not None
    return node


def entry(node: Node | None, key: str) -> Node:
    assert isinstance(node, Entries)
    found = node.get(key)
    assert found is not None
    return found


def underlined(node: Node) -> str:
    place = node.place
    return place.text[place.column - 1 : place.column - 1 + place.width]


@pytest.fixture(params=["c", "pure"])
def parser(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    if request.param == "pure":
        monkeypatch.delattr(yaml, "CSafeLoader", raising=False)


@pytest.mark.usefixtures("parser")
@pytest.mark.parametrize("path", TEXTS, ids=lambda path: path.stem)
def test_each_mistake_reads_as_written_down(path: Path) -> None:
    _, findings = compose(path.read_bytes(), path.name)
    told = "".join(f"{as_text(finding)}\n" for finding in findings)
    assert told == path.with_suffix(".txt").read_text(encoding="utf-8")


def test_every_text_with_a_mistake_is_told_something() -> None:
    assert len(TEXTS) > 50
    assert all(path.with_suffix(".txt").read_text(encoding="utf-8") for path in TEXTS)


@pytest.mark.usefixtures("parser")
@pytest.mark.parametrize(("written", "value"), SCALARS)
def test_scalars_follow_the_core_schema(written: str, value: object) -> None:
    got = entry(composed(f"a: {written}\n"), "a")
    assert isinstance(got, Scalar)
    assert (type(got.value), str(got.value)) == (type(value), str(value))


def test_quoted_says_whether_there_were_quotes() -> None:
    node = composed("a: 5\nb: '5'\nc: |\n  5\nd: &x 5\ne: *x\n")
    assert {key: entry(node, key).quoted for key in "abcde"} == {  # type: ignore[union-attr]
        "a": False,
        "b": True,
        "c": True,
        "d": False,
        "e": False,
    }


@pytest.mark.usefixtures("parser")
def test_places_count_characters() -> None:
    node = composed('ü: é ☃ x # c\r\n"ключ" : ["ä" , {c: d}, 😀]\r\nk: &e1 foo\r\n')
    assert isinstance(node, Entries)
    assert [(key.place.line, key.place.column, underlined(key)) for key, _ in node.entries] == [
        (1, 1, "ü"),
        (2, 1, '"ключ"'),
        (3, 1, "k"),
    ]
    items = entry(node, "ключ")
    assert isinstance(items, Items)
    assert [underlined(item) for item in items.items] == ['"ä"', "{c: d}", "😀"]
    assert underlined(items) == '["ä" , {c: d}, 😀]'
    assert underlined(entry(node, "ü")) == "é ☃ x"
    assert underlined(entry(node, "k")) == "foo"
    assert "\r" not in items.place.text


def test_a_byte_order_mark_is_no_character() -> None:
    node, findings = compose(b"\xef\xbb\xbfa: 1\n", "p.yaml")
    assert findings == []
    assert isinstance(node, Entries)
    assert (node.entries[0][0].place.column, node.entries[0][0].place.text) == (1, "a: 1")


def test_the_first_of_two_keys_is_kept() -> None:
    node, findings = compose(b"a: 1\na: 2\n", "p.yaml")
    assert node is not None
    assert plain(node) == {"a": 1}
    assert len(findings) == 1


def test_plain_has_no_places() -> None:
    assert plain(composed("a: [1, 1.5, x, true, ~]\nb: {c: {}}\n")) == {
        "a": [1, Decimal("1.5"), "x", True, None],
        "b": {"c": {}},
    }


def test_keys_are_found_with_their_places() -> None:
    node = composed("a: 1\nb: 2\n")
    assert isinstance(node, Entries)
    assert node.keys() == ["a", "b"]
    key = node.key("b")
    assert key is not None
    assert (key.place.line, node.key("c"), node.get("c")) == (2, None, None)


@pytest.mark.usefixtures("parser")
def test_the_deepest_level_is_read_and_100_000_brackets_end_nothing() -> None:
    composed("[" * DEEPEST + "]" * DEEPEST)
    node, findings = compose(b"[" * 100_000, "p.yaml")
    assert node is None
    assert [finding.code for finding in findings] == ["too-deep"]


def test_a_file_may_have_five_mebibytes_and_no_more() -> None:
    text = b"a: 1 #".ljust(LARGEST_FILE, b"x")
    assert compose(text, "p.yaml")[1] == []
    node, findings = compose(text + b"x", "p.yaml")
    assert node is None
    assert as_text(findings[0]) == (
        "p.yaml:1:1: error[too-large]: the file has 5,242,881 bytes, the most that is read is 5,242,880\n"
        "help: split the policy into several smaller ones"
    )
