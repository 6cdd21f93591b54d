"""Escapes that stand for no character are refused alike by both parsers of YAML, at their place."""

import pytest
import yaml

from crossgrade.diagnostics import as_text
from crossgrade.reading.located import compose

ESCAPES = ("\\ud800", "\\udfff", "\\UFFFFFFFF", "\\U00110000", "\\U0000D800", "\\q")


@pytest.mark.parametrize("escape", ESCAPES)
@pytest.mark.parametrize("c_parser", [True, False])
def test_it_is_refused_at_its_place(escape: str, c_parser: bool, monkeypatch: pytest.MonkeyPatch) -> None:  # noqa: FBT001
    if not c_parser:
        monkeypatch.delattr(yaml, "CSafeLoader", raising=False)
    root, findings = compose(f'a: 1\nb: "x {escape} y"\n'.encode(), "policy.yaml")
    assert root is None
    shown = (
        f"policy.yaml:2:7: error[yaml-syntax]: `{escape}` is no escape\n"
        f'  2 | b: "x {escape} y"\n'
        f"    |       {'^' * len(escape)}\n"
        "help: write a backslash twice, or use single quotes"
    )
    assert [as_text(finding) for finding in findings] == [shown]


@pytest.mark.parametrize("c_parser", [True, False])
def test_characters_beyond_the_basic_plane_can_be_escaped(c_parser: bool, monkeypatch: pytest.MonkeyPatch) -> None:  # noqa: FBT001
    if not c_parser:
        monkeypatch.delattr(yaml, "CSafeLoader", raising=False)
    root, findings = compose(b'a: "\\U0001F98A \\uFFFD"\n', "policy.yaml")
    assert (root is not None, findings) == (True, [])
