"""Limits: whatever goes beyond one is an error with a place and a way out, and is told at once."""

from pathlib import Path
from time import monotonic

import pytest

from crossgrade.cases.written import read_cases
from crossgrade.diagnostics import as_text, ordered
from crossgrade.loading import check
from crossgrade.reading.anchors import LONGEST_TEXT, MOST_ENTRIES, MOST_NODES
from crossgrade.reading.opening import MOST_OF_A_SECTION, MOST_PAIRS

HEAD = "policy: shop\neffective: 2026-01-01\ncurrency: USD\n"
PLANS = "plans:\n  basic: {prices: {monthly: 30.00}}\n  premium: {prices: {monthly: 90.00}}\n"
FAMILY = "families: {shop: [basic, premium]}\n"
CHANGE = "transitions:\n  - {id: up, change: upgrade, terms: {effective: period_end}}\n"
WHOLE = HEAD + PLANS + FAMILY + CHANGE
RULE = "  - {{id: r{}, message: no, when: {{membership.quantity: {}}}}}\n"


def rules(count: int) -> str:
    return "restrictions:\n" + "".join(RULE.format(number, number % 50 + 1) for number in range(count))


def plans(count: int) -> str:
    names = [f"p{number}" for number in range(count)]
    return (
        "plans:\n"
        + "".join(f"  {name}: {{prices: {{monthly: 1}}}}\n" for name in names)
        + f"families: {{shop: [{', '.join(names)}]}}\n"
    )


BEYOND: dict[str, tuple[str, str]] = {
    "rules": (WHOLE + rules(MOST_OF_A_SECTION + 1), "`restrictions` has 2,001 entries, the most that is read is 2,000"),
    "seventy thousand rules": (
        WHOLE + rules(70_000),
        "this is one more than the 5,000 entries of a list or mapping that are read",
    ),
    "plans": (
        HEAD + plans(MOST_OF_A_SECTION + 1) + CHANGE,
        "`plans` has 2,001 entries, the most that is read is 2,000",
    ),
    "plans and rules": (
        HEAD + plans(501) + CHANGE + rules(MOST_PAIRS // 500 - 1),
        "501 plans and 200 rules are 100,200 pairs, the most that is read is 100,000",
    ),
    "values of a condition": (
        WHOLE + f"restrictions:\n  - {{id: r, message: no, when: {{membership.quantity: {[*range(1, 5_002)]}}}}}\n",
        "this is one more than the 5,000 entries of a list or mapping that are read",
    ),
    "unknown keys": (
        WHOLE + "".join(f"k{number}: 1\n" for number in range(MOST_ENTRIES)),
        "this is one more than the 5,000 entries of a list or mapping that are read",
    ),
    "the same key again and again": (
        WHOLE + "terms: {" + "a: {effective: period_end}, " * 30_000 + "}\n",
        "this is one more than the 5,000 entries of a list or mapping that are read",
    ),
    "keys that merge": (
        WHOLE + "terms: {" + "<<: {}, " * 30_000 + "}\n",
        "this is one more than the 5,000 entries of a list or mapping that are read",
    ),
    "nodes": (
        WHOLE + "terms:\n" + "".join(f"  a{number}: [{'x, ' * 4_000}]\n" for number in range(MOST_NODES // 4_000 + 1)),
        "this is one more than the 200,000 keys and values of a file that are read",
    ),
    "a text": (
        WHOLE + f"otherwise: {'x' * (LONGEST_TEXT + 1)}\n",
        "this has 10,001 characters, the most that is read is 10,000",
    ),
    "a text of four megabytes": (
        WHOLE + f"otherwise: '{'{' * 4_000_000}'\n",
        "this has 4,000,000 characters, the most that is read is 10,000",
    ),
    "a key of four megabytes": (
        WHOLE + f"? {'x' * 4_000_000}\n: 1\n",
        "this has 4,000,000 characters, the most that is read is 10,000",
    ),
    "a file": (
        WHOLE + "#" * 5 * 2**20,
        f"the file has {len(WHOLE) + 5 * 2**20:,} bytes, the most that is read is 5,242,880",
    ),
}


@pytest.mark.parametrize("name", BEYOND)
def test_what_goes_beyond_is_told_at_once(name: str, tmp_path: Path) -> None:
    text, message = BEYOND[name]
    file = tmp_path / "policy.yaml"
    file.write_text(text, encoding="utf-8")
    began = monotonic()
    found, findings = check(file)
    errors = [finding for finding in findings if finding.code == "too-large"]
    assert (found, [finding.message for finding in errors]) == (None, [message])
    assert monotonic() - began < 5
    assert errors[0].help
    assert all(len(as_text(finding)) < 3_000 for finding in findings)


def test_what_stays_within_is_read(tmp_path: Path) -> None:
    file = tmp_path / "policy.yaml"
    within = rules(500) + f"otherwise: {'x' * LONGEST_TEXT}\n"
    file.write_text(WHOLE + within, encoding="utf-8")
    found, findings = check(file)
    assert (found is not None, findings) == (True, [])


def test_included_files_are_counted_together(tmp_path: Path) -> None:
    (tmp_path / "policy.yaml").write_text(WHOLE + "include: [a.yaml, b.yaml]\n", encoding="utf-8")
    for name in "ab":
        listed = rules(MOST_OF_A_SECTION // 2 + 1).replace("id: r", f"id: {name}")
        (tmp_path / f"{name}.yaml").write_text(listed, encoding="utf-8")
    found, findings = check(tmp_path / "policy.yaml")
    assert (found, [finding.code for finding in findings]) == (None, ["too-large"])
    assert findings[0].message.startswith("`restrictions` has 2,002 entries")


def test_the_cases_of_each_are_counted(tmp_path: Path) -> None:
    facts = ", ".join(f"request.f{number}: [{', '.join(map(str, range(1, 101)))}]" for number in range(9))
    file = tmp_path / "cases.yaml"
    file.write_text(
        f"cases:\n  - {{name: all, at: 2026-06-11, each: {{{facts}}}, selection: {{}}, expect: {{outcome: quote}}}}\n",
        encoding="utf-8",
    )
    found, findings = read_cases(file)
    message = f"these are {100**9:,} cases with those of `each`, the most that is read is 10,000"
    assert (found, [finding.message for finding in findings]) == (None, [message])


def test_a_message_is_no_longer_than_people_read(tmp_path: Path) -> None:
    file = tmp_path / "policy.yaml"
    file.write_text(WHOLE.replace("2026-01-01", "x" * 9_000), encoding="utf-8")
    findings = ordered(check(file)[1])
    assert len(findings[0].message) <= 1_000
    assert " ... " in findings[0].message


def test_of_a_long_line_only_the_mistake_is_shown(tmp_path: Path) -> None:
    file = tmp_path / "policy.yaml"
    file.write_text(WHOLE + f"terms: {{{' ' * 100_000}a: 1, {' ' * 100_000}}}\n", encoding="utf-8")
    shown = as_text(next(finding for finding in check(file)[1] if finding.code == "wrong-type"))
    line, mark = shown.splitlines()[1:3]
    assert line[mark.index("^")] == "1"
    assert len(line) < 300
