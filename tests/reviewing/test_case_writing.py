"""Written cases pass on the new policy, are the same every time, and never take the place of what others wrote."""

from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
import yaml

from crossgrade.cases import run
from crossgrade.loading import load
from crossgrade.model.calendar import Period
from crossgrade.model.membership import Discount, HeldAddOn, Membership
from crossgrade.model.money import Money, currency
from crossgrade.reviewing.case_writing import FIRST_LINE, NotOursError, cases_text, flow, membership_parts, write_cases
from crossgrade.reviewing.reviewed import Reviewed, reviewed
from crossgrade.reviewing.revisions import compared
from crossgrade.reviewing.settings import Settings

ROOT = Path(__file__).resolve().parents[2]
FOLDERS = sorted(path for path in Path(__file__).parent.glob("words/*") if path.is_dir())
BEFORE, AFTER = ROOT / "examples/before.yaml", ROOT / "examples/after.yaml"


def both(old: Path, new: Path) -> Reviewed:
    (one,) = compared(str(old), str(new))
    return reviewed(one, Settings())


def sides(folder: Path) -> tuple[Path, Path]:
    if folder.joinpath("old").is_dir():
        return folder / "old", folder / "new"
    return folder / "old.yaml", folder / "new.yaml"


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_written_cases_pass_on_the_new_policy(folder: Path, tmp_path: Path) -> None:
    old, new = sides(folder)
    found, file = both(old, new), tmp_path / "cases.yaml"
    if not found.report.consequences:
        return
    number = write_cases(file, found)
    report = run([file])
    assert [(result.name, result.mismatches) for result in report.results if not result.passed] == []
    assert (report.findings, report.passed) == ((), number)
    assert run([file], policy=new).failed == 0
    if load(old).policy.zone == load(new).policy.zone:  # else the days of the cases are others
        assert run([file], policy=old).failed == number


def test_written_cases_fail_where_the_change_is_not_made(tmp_path: Path) -> None:
    file = tmp_path / "cases.yaml"
    number = write_cases(file, both(BEFORE, AFTER))
    report = run([file], policy=BEFORE)
    assert (report.findings, len(report.results)) == ((), number)
    assert report.failed == number


def test_the_policy_is_named_as_seen_from_the_file(tmp_path: Path) -> None:
    folder = tmp_path / "policies/shop"
    folder.mkdir(parents=True)
    folder.joinpath("policy.yaml").write_bytes(AFTER.read_bytes())
    found = both(BEFORE, folder)
    for file, policy in ((folder / "review.yaml", "."), (tmp_path / "review.yaml", "policies/shop")):
        write_cases(file, found)
        assert yaml.safe_load(file.read_text(encoding="utf-8"))["policy"] == policy
        assert run([file]).failed == 0


def test_the_same_every_time_and_nothing_twice() -> None:
    texts = [cases_text(both(BEFORE, AFTER), policy="policy.yaml")[0] for _ in range(2)]
    assert texts[0] == texts[1]
    cases = yaml.safe_load(texts[0])["cases"]
    names = [case.pop("name") for case in cases]
    for case in cases:
        case.pop("note")
    assert len(set(names)) == len(names) > 3
    assert len({str(case) for case in cases}) == len(cases)


def test_a_file_of_ours_is_written_anew_and_no_other(tmp_path: Path) -> None:
    file, found = tmp_path / "cases.yaml", both(BEFORE, AFTER)
    file.write_text(f"{FIRST_LINE}\ncases: []\n", encoding="utf-8")
    write_cases(file, found)
    assert run([file]).failed == 0
    file.write_text("cases: []\n", encoding="utf-8")
    with pytest.raises(NotOursError, match=r"holds what others wrote\nhelp: name another file, such as `.*cases-new"):
        write_cases(file, found)
    assert file.read_text(encoding="utf-8") == "cases: []\n"


ZONE = ZoneInfo("Europe/Berlin")
EURO = currency("EUR")


def test_a_membership_says_only_what_is_set() -> None:
    start, end = (datetime(2026, month, 1, tzinfo=ZONE) for month in (3, 4))
    held = Membership(
        "basic",
        status="past_due",
        paid=Money(1500, EURO),
        addons={"disk": HeldAddOn(2, paid=Money(900, EURO))},
        period=Period(start, end),
        trial_ends=datetime(2026, 3, 8, 9, 30, tzinfo=ZONE),
        started=date(2025, 1, 1),
        discount=Discount(percent=Decimal("33.3")),
    )
    assert flow(membership_parts(held, ZONE)) == (
        "{plan: basic, status: past_due, paid: 15.00, addons: {disk: {quantity: 2, paid: 9.00}},"
        " period: {start: 2026-03-01, end: 2026-04-01}, started: 2025-01-01,"
        ' trial_ends: "2026-03-08T09:30:00+01:00", discount: {percent: 33.3}}'
    )


@pytest.mark.parametrize(
    "text",
    [
        "no",
        "null",
        "1.00",
        "2026-01-01",
        "a: b",
        "{x}",
        "- a",
        "# a",
        '“q” "q"',
        "~",
        "",
        " a",
        "é",
        "yes",
        "@a",
        "a\\b",
    ],
)
def test_texts_stay_texts(text: str) -> None:
    assert yaml.safe_load(flow({"a": text, text: [text, True, 1, None]})) == {"a": text, text: [text, True, 1, None]}
