"""Each decision is explained as its file says, in both languages; run as a program, this rewrites the files."""

import string
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

import crossgrade
from crossgrade import wording
from crossgrade.deciding.explain import explain
from crossgrade.reading.located import compose, plain

FOLDER = Path(__file__).with_name("explain")
ENGINE = crossgrade.load(FOLDER.joinpath("policy.yaml"), matcher="plain")


def _cases() -> list[Mapping[str, Any]]:
    root, findings = compose(FOLDER.joinpath("decisions.yaml").read_bytes(), "decisions.yaml")
    assert root is not None
    assert not findings
    listed = plain(root)
    assert isinstance(listed, list)
    return listed


def _explained(case: Mapping[str, Any]) -> str:
    period = {"start": "2026-06-01T00:00:00Z", "end": "2026-07-01T00:00:00Z"}
    member = {"plan": "basic", "price": "monthly", "paid": "10.00", "period": period, **case.get("membership", {})}
    own = {section: case.get(section) for section in ("customer", "request")}
    told = []
    for locale in wording.LOCALES:
        decision = ENGINE.decide(
            {key: value for key, value in member.items() if value is not None},
            case.get("selection"),
            at=case.get("at", "2026-06-16T00:00:00Z"),
            locale=locale,
            **own,
        )
        told += [f"[{locale}]", *explain(decision, locale=locale)]
    return "\n".join([f"# {case['name']}", *told]) + "\n"


@pytest.mark.parametrize("case", _cases(), ids=lambda case: case["name"])
def test_explained(case: Mapping[str, Any]) -> None:
    known = FOLDER.joinpath("sentences.txt").read_text(encoding="utf-8")
    assert f"{_explained(case)}\n" in known


def test_every_built_in_rule_is_explained() -> None:
    known = FOLDER.joinpath("sentences.txt").read_text(encoding="utf-8")
    assert [rule for rule in wording.BUILT_IN_RULES if f"(rule `{rule}`)" not in known] == []


@pytest.mark.parametrize("key", wording.keys())
def test_both_languages_fill_the_same_placeholders(key: str) -> None:
    texts = {locale: wording.template(key, locale) for locale in wording.LOCALES}
    filled = {frozenset(name for _, name, _, _ in string.Formatter().parse(text) if name) for text in texts.values()}
    assert len(filled) == 1


if __name__ == "__main__":
    text = "".join(f"{_explained(case)}\n" for case in _cases())
    FOLDER.joinpath("sentences.txt").write_text(text, encoding="utf-8")
