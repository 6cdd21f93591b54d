"""`check` asks the laws after a clean load: in every format, at their places, with severities and waivers."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tests.cli.transcript import run

from crossgrade.diagnostics import as_json
from crossgrade.loading import check
from crossgrade.reviewing.laws.checking import broken_laws
from crossgrade.reviewing.laws.findings import law_findings

ROOT = Path(__file__).resolve().parents[3]
SHIPPED = [file.parent for file in sorted(ROOT.glob("policies/*/policy.yaml"))]
WAIVERS = ROOT / "policies/crossgrade.toml"
SHOP = Path(__file__).parent / "broken/late-upgrade-without-credit/policy.yaml"
Shop = Callable[..., None]


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Shop:
    """Return what writes files into an empty repository, beside a policy with one broken law."""
    tmp_path.joinpath(".git").mkdir()
    tmp_path.joinpath("shop").mkdir()
    monkeypatch.chdir(tmp_path)

    def write(policy: str = SHOP.read_text(encoding="utf-8"), **files: str) -> None:
        for name, text in {"policy_yaml": policy, **files}.items():
            Path("shop", name.replace("_", ".")).write_text(text, encoding="utf-8")

    return write


def as_shown(line: str) -> Any:
    return json.loads(run(f"{line} --format json").split("\n", 1)[1].rpartition("[")[0])


def findings(line: str) -> list[tuple[str, int, str, str]]:
    shown = as_shown(line)
    return [(each["file"], each["line"], each["severity"], each["code"]) for each in shown["findings"]]


BROKEN = ("shop/policy.yaml", 9, "warning", "late-upgrade")


def test_a_broken_law_is_a_warning(shop: Shop) -> None:
    shop()
    assert findings("check shop") == findings("check shop/policy.yaml") == [BROKEN]
    assert "\n[0]\n" in run("check shop")
    assert "\n[1]\n" in run("check shop --strict")
    annotation = run("check shop --format github")
    assert "::warning file=shop/policy.yaml,line=9,col=10,endColumn=12,title=crossgrade[late-upgrade]::" in annotation
    assert annotation.count("\n") == 3
    assert [each["fingerprint"] for each in as_shown("check shop")["findings"]] == [name_of_the_finding()]


def test_laws_are_left_out_on_request(shop: Shop) -> None:
    shop()
    assert (
        run("check shop --no-laws --strict") == "$ crossgrade check shop --no-laws --strict\nshop: no findings\n[0]\n"
    )


def test_gaps_are_asked_on_request(shop: Shop) -> None:
    shop(
        SHOP.read_text(encoding="utf-8").replace(
            "change: downgrade", "change: downgrade, when: {membership.quantity: 2}"
        )
    )
    assert ("shop/policy.yaml", 8, "warning", "gap") in findings("check shop --gaps")
    assert "gap" not in {code for *_, code in findings("check shop")}


def test_mistakes_come_first(shop: Shop) -> None:
    shop(SHOP.read_text(encoding="utf-8").replace("90.00", "90.001"))
    assert [code for *_, code in findings("check shop")] == ["too-many-decimals"]


def waiver(name: str, reason: str = "agreed") -> str:
    return f'[[waive]]\nfingerprint = "{name}"\nreason = "{reason}"\n'


def name_of_the_finding() -> str:
    return run("check shop").partition("waive `")[2].partition("`")[0]


@pytest.mark.parametrize("folder", [".", "shop"])
def test_a_finding_is_waived_by_its_fingerprint(shop: Shop, folder: str) -> None:
    shop()
    Path(folder, "crossgrade.toml").write_text(waiver(name_of_the_finding()), encoding="utf-8")
    assert findings("check shop") == []
    Path(folder, "crossgrade.toml").write_text(waiver("000000000000"), encoding="utf-8")
    assert findings("check shop") == [BROKEN]


def test_a_waiver_needs_a_reason(shop: Shop) -> None:
    shop()
    Path("crossgrade.toml").write_text(waiver(name_of_the_finding(), ""), encoding="utf-8")
    assert findings("check shop") == [("crossgrade.toml", 3, "error", "empty"), BROKEN]
    assert "\n[1]\n" in run("check shop")
    assert findings("check shop shop/policy.yaml") == findings("check shop")


@pytest.mark.parametrize(("severity", "left"), [("error", ["error"]), ("warning", ["warning"]), ("info", [])])
def test_a_law_is_as_severe_as_the_settings_say(shop: Shop, severity: str, left: list[str]) -> None:
    shop()
    Path("crossgrade.toml").write_text(f'[severity]\nlate-upgrade = "{severity}"\n', encoding="utf-8")
    assert [one[2] for one in findings("check shop")] == left


def test_a_fingerprint_outlives_layout_and_the_order_of_plans(shop: Shop) -> None:
    shop()
    before = name_of_the_finding()
    text = SHOP.read_text(encoding="utf-8")
    plans = text.partition("plans:\n")[2].partition("families")[0].splitlines()
    turned = text.replace("\n".join(plans), "\n".join(reversed(plans))).replace("terms: {", "terms: {  ")
    assert turned != text
    shop(f"# a comment\n{turned}")
    assert name_of_the_finding() == before
    shop(text.replace("policy: shop", "policy: other"))
    assert name_of_the_finding() != before


def test_the_place_is_in_the_file_that_says_it(shop: Shop) -> None:
    text = SHOP.read_text(encoding="utf-8")
    head, _, rules = text.partition("transitions:\n")
    shop(head.replace("currency: USD\n", "currency: USD\ninclude: [rules.yaml]\n"), rules_yaml=f"transitions:\n{rules}")
    assert findings("check shop") == [("shop/rules.yaml", 2, "warning", "late-upgrade")]


def test_only_the_newest_version_is_asked(shop: Shop) -> None:
    text = SHOP.read_text(encoding="utf-8")
    mended = text.replace("2026-01-01", "2027-01-01").replace("credit: none", "credit: unused")
    shop(text, later_yaml=mended)
    assert findings("check shop") == []
    shop(mended, later_yaml=text.replace("2026-01-01", "2028-01-01"))
    assert findings("check shop") == [("shop/later.yaml", 9, "warning", "late-upgrade")]


@pytest.mark.parametrize("folder", SHIPPED, ids=lambda folder: folder.name)
def test_shipped_policies_break_no_law_without_a_reason(folder: Path) -> None:
    versions, _ = check(folder)
    assert versions is not None
    assert [as_json(finding) for finding in law_findings(folder, versions).findings] == []


def test_every_waiver_of_the_shipped_policies_is_needed() -> None:
    names = set()
    for folder in SHIPPED:
        versions, _ = check(folder)
        assert versions is not None
        names |= {each.fingerprint(versions.newest.id) for each in broken_laws(versions).broken}
    text = WAIVERS.read_text(encoding="utf-8")
    written = [line.split('"')[1] for line in text.splitlines() if line.startswith("fingerprint")]
    assert sorted(written) == sorted(names)


def test_what_the_budget_leaves_is_said_for_machines(monkeypatch: pytest.MonkeyPatch, shop: Shop) -> None:
    shop()
    monkeypatch.setattr("crossgrade.reviewing.laws.checking.MOST_PAIRS", 0)
    assert as_shown("check shop")["undecided"] == [{"path": "shop", "laws": ["upgrades"]}]
    assert run("check shop") == "$ crossgrade check shop\nshop: no findings\n[0]\n"
