"""A review is shown in six ways, all of the same findings; each is what its reader needs it to be."""

import json
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from msgspec import structs
from tests.cli.transcript import run

from crossgrade.deciding.engine import Engine
from crossgrade.diagnostics import Place
from crossgrade.errors import InvalidFacts
from crossgrade.reviewing.reviewed import FOUND_BY_DIFF, ORDER, Reviewed, file_of, reviewed, unused_waivers
from crossgrade.reviewing.revisions import compared
from crossgrade.reviewing.settings import Settings, Waiver
from crossgrade.reviewing.shown.as_github import as_github
from crossgrade.reviewing.shown.as_html import as_html
from crossgrade.reviewing.shown.as_json import as_json
from crossgrade.reviewing.shown.as_markdown import MARKER, MOST_FOLDED, MOST_SHOWN, MOST_WORDS, as_markdown
from crossgrade.reviewing.shown.as_sarif import as_sarif
from crossgrade.reviewing.shown.as_text import as_text
from crossgrade.reviewing.shown.page import WHAT, Item, Page, page_of
from crossgrade.reviewing.witness import seen

ROOT = Path(__file__).resolve().parents[2]
BEFORE, AFTER = ROOT / "examples/before.yaml", ROOT / "examples/after.yaml"
FOLDERS = sorted(path for path in Path(__file__).parent.glob("words/*") if (path / "old.yaml").exists())[::6]


def both(old: Path, new: Path, settings: Settings | None = None) -> Reviewed:
    (one,) = compared(str(old), str(new))
    return reviewed(one, settings or Settings())


@cache
def changed() -> Reviewed:
    return both(BEFORE, AFTER)


@cache
def same() -> Reviewed:
    return both(BEFORE, BEFORE)


def page(items: int = 0, words: int = 0, **more: Any) -> Page:
    found = tuple(Item("pays-more", "error", f"{number:012}", "members pay more", "A → B") for number in range(items))
    shown = Page("shop", "shop/policy.yaml", "changed" if items else "proved equal", ("word",) * words, found)
    return structs.replace(shown, **more)


def test_everything_that_can_be_found_has_words() -> None:
    assert set(WHAT) == set(FOUND_BY_DIFF)


def test_the_most_severe_comes_first_and_waived_last() -> None:
    waived = changed().report.consequences[0].fingerprint
    shown = both(BEFORE, AFTER, Settings({"message": "error"}, (Waiver(waived, "agreed"),))).report.consequences
    assert shown[-1].fingerprint == waived
    order = [ORDER.index(one.severity) for one in shown[:-1]]
    assert order == sorted(order)
    assert {one.severity for one in shown if one.kind == "message"} == {"error"}


# ------------------------------------------------------------------------------------------------ text


def test_text_of_no_change() -> None:
    head, meaning, _, proved = as_text([page_of(same())]).splitlines()
    assert (head, meaning) == ("network: changes nothing for anyone", "  no change in meaning")
    assert proved.startswith("proved equal over 9 pairs of prices: 9 the same by their rules")


def test_text_says_when_something_was_not_decided() -> None:
    shown = as_text([page(verdict="not decided", open=1, undecided=("a/b to c/d: more cases than the budget allows",))])
    assert shown.splitlines()[0] == "shop: no change found, but 1 not decided"
    assert "\nnot decided\n  a/b to c/d: more cases" in shown


def test_text_names_waivers_that_waive_nothing() -> None:
    used = Waiver(changed().report.consequences[0].fingerprint, "agreed")
    unused = Waiver("0" * 12, "agreed", place=Place("crossgrade.toml", 7))
    of_a_law = Waiver("1" * 12, "agreed", "dead-rule")
    found = [both(BEFORE, new, Settings({}, (used, unused, of_a_law))) for new in (BEFORE, AFTER)]
    assert unused_waivers(found) == [unused]
    shown = as_text([page_of(one) for one in found], unused_waivers(found))
    assert shown.endswith("\n\ncrossgrade.toml: nothing here is waived by\n  000000000000 in line 7")
    assert as_json(found)["unused_waivers"] == [{"fingerprint": "0" * 12, "file": "crossgrade.toml", "line": 7}]


# ------------------------------------------------------------------------------------------------ markdown


def test_markdown_of_no_change() -> None:
    shown = as_markdown([page_of(same())])
    assert shown == f"{MARKER}\n\n### Policies: changes nothing for anyone\n\nNo change in meaning: `network`."


def test_markdown_of_several_policies_has_one_marker_and_tells_what_changes() -> None:
    shown = as_markdown([page(1), page(policy="other"), page(words=1, policy="third")])
    assert shown.startswith(f"{MARKER}\n\n### `shop` changed: 1 error\n")
    assert (shown.count(MARKER), shown.count("### ")) == (1, 2)
    assert "### `third` changes nothing for anyone\n\n**In words**\n\n- word" in shown
    assert "No change in meaning: `other`." in shown


def test_markdown_is_read_in_a_minute() -> None:
    shown = as_markdown([page(MOST_SHOWN + MOST_FOLDED + 5, MOST_WORDS + 3)])
    before, folded = shown.split("<details><summary>", 1)
    assert before.count("- word") == MOST_WORDS
    _, items = folded.split("</details>", 1)
    assert items.split("<details>")[0].count("Members pay more") == MOST_SHOWN
    assert "3 more in words" in folded
    assert f"<summary>{MOST_FOLDED + 5} more</summary>" in folded
    assert "- and 5 more, which `crossgrade diff` shows" in folded
    assert shown.count("<details>") == shown.count("</details>")


def test_markdown_says_how_to_accept_a_finding() -> None:
    assert 'fingerprint = "000000000000"' in as_markdown([page(1)])
    assert "How to accept" not in as_markdown([page(words=1)])


def test_markdown_folds_what_is_waived() -> None:
    waived = Item("pays-more", "error", "0" * 12, "members pay more", "A → B", waived="agreed")
    shown = as_markdown([structs.replace(page(1), items=(waived,))])
    assert "### `shop` changed: 1 waived" in shown
    assert "<details><summary>1 waived</summary>" in shown
    assert "waived: agreed" in shown


def test_markdown_of_undecided_pairs() -> None:
    assert "### `shop`: no change found, but 1 not decided" in as_markdown(
        [page(verdict="not decided", open=1, undecided=("a to b: too many cases",))]
    )


# ------------------------------------------------------------------------------------------------ json


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_the_facts_in_json_give_what_is_said_to_come_out(folder: Path) -> None:
    found = both(folder / "old.yaml", folder / "new.yaml")
    assert found.old is not None
    assert found.new is not None
    old, new = Engine(found.old), Engine(found.new)
    (shown,) = json.loads(json.dumps(as_json([found])))["policies"]
    assert len(shown["consequences"]) == len(found.report.consequences)
    for one in shown["consequences"]:
        for witness in (one["witness"], *([one["largest"]["witness"]] if one["largest"] else [])):
            assert decided(new, witness["facts"]) == witness["after"]
            assert decided(old, witness["facts_before"] or witness["facts"]) == witness["before"]
            assert witness["before"] != witness["after"]


def decided(engine: Engine, facts: dict[str, Any]) -> Any:
    own = {name: facts.get(name) for name in ("usage", "customer", "request", "locale")}
    try:
        found = engine.decide(facts["membership"], facts["selection"], at=facts["at"], **own)
    except InvalidFacts as problem:
        return seen(problem)
    return json.loads(json.dumps(seen(found)))


def test_the_facts_in_json_are_those_of_a_facts_file(tmp_path: Path) -> None:
    one = next(
        one
        for one in as_json([changed()])["policies"][0]["consequences"]
        if one["witness"]["after"]["outcome"] == "quote"
    )
    file = tmp_path / "facts.json"
    file.write_text(json.dumps(one["witness"]["facts"]), encoding="utf-8")
    said = run(f"quote {AFTER} --facts {file} --format json")
    assert json.loads(said.split("\n", 1)[1].rsplit("[", 1)[0])["due_now"] == one["witness"]["after"]["due_now"]


def test_json_has_every_key_at_any_time() -> None:
    still, moved = as_json([same(), changed()])["policies"]
    assert list(still) == list(moved)
    assert (still["verdict"], moved["verdict"]) == ("proved equal", "changed")


# ------------------------------------------------------------------------------------------------ github, sarif, html


def test_github_says_each_finding_that_is_not_waived_at_the_file() -> None:
    waived = changed().report.consequences[0].fingerprint
    shown = list(as_github(page_of(both(BEFORE, AFTER, Settings({}, (Waiver(waived, "agreed"),))))))
    assert len(shown) == len(changed().report.consequences) - 1
    assert {line.split("file=")[1].split(",")[0] for line in shown} == {str(AFTER)}
    assert {line.partition(" ")[0] for line in shown} == {"::error", "::warning", "::notice"}
    assert not any(waived in line for line in shown)
    assert list(as_github(page_of(same()))) == []


SARIF = Draft202012Validator(json.loads(Path(__file__).with_name("sarif.schema.json").read_text("utf-8")))


def test_sarif_is_what_the_standard_requires() -> None:
    pages = [page_of(changed()), page(2, file="a b/ü.yaml", undecided=("a to b: too many cases",))]
    log = as_sarif(pages)
    SARIF.validate(json.loads(json.dumps(log)))
    (one,) = log["runs"]
    rules = [rule["id"] for rule in one["tool"]["driver"]["rules"]]
    assert all(rules[result["ruleIndex"]] == result["ruleId"] for result in one["results"])
    assert len(one["results"]) == len(changed().report.consequences) + 3
    assert one["results"][-1]["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == "a%20b/%C3%BC.yaml"


def test_sarif_suppresses_what_is_waived_and_keeps_fingerprints() -> None:
    first = changed().report.consequences[0].fingerprint
    results = as_sarif([page_of(both(BEFORE, AFTER, Settings({}, (Waiver(first, "agreed"),))))])["runs"][0]["results"]
    assert {result["partialFingerprints"]["crossgrade/v1"] for result in results} == {
        one.fingerprint for one in changed().report.consequences
    }
    assert [result["suppressions"] for result in results if "suppressions" in result] == [
        [{"kind": "external", "justification": "agreed"}]
    ]


def test_html_needs_nothing_beside_it() -> None:
    shown = as_html([page_of(changed()), page_of(same())])
    assert shown.startswith("<!doctype html>\n")
    assert not any(word in shown for word in ("http://", "https://", "<script", "<link", "src=", "url("))
    assert all(one.fingerprint in shown for one in changed().report.consequences)
    assert shown.count("<h1>") == 2


# ------------------------------------------------------------------------------------------------ places


def test_the_file_of_a_policy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert file_of("shop/other.yaml") == "shop/other.yaml"
    assert file_of("gone") == "gone/policy.yaml"
    shop = tmp_path / "shop"
    shop.mkdir()
    for name in ("2026-01-01.yaml", "2027-01-01.yaml", "cases.yaml", "z-review.yaml"):
        shop.joinpath(name).write_text("cases: []\n" if name[0] in "cz" else "policy: shop\n", encoding="utf-8")
    assert file_of("shop") == "shop/2027-01-01.yaml"
    shop.joinpath("policy.yaml").touch()
    assert file_of("shop") == "shop/policy.yaml"
