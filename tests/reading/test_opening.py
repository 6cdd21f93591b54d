"""A policy in several files is the same as in one."""

from pathlib import Path

from crossgrade.model.policy import Policy
from crossgrade.reading.build import read
from crossgrade.reading.opening import Folder

WHOLE = (Path(__file__).parent / "data" / "example.yaml").read_text(encoding="utf-8")
STARTS = ("entitlements", "plans", "addons", "families", "facts", "no_change", "restrictions", "transitions")


def sections() -> dict[str, str]:
    """Return the sections of the example, each as it is written."""
    found: dict[str, str] = {}
    name = ""
    for line in WHOLE.splitlines(keepends=True):
        if line[0].isalpha():
            name = line.partition(":")[0]
        found[name] = found.get(name, "") + line
    return found


def read_with(own: str, **parts: str) -> Policy:
    files = {f"{name}.yaml": text.encode() for name, text in parts.items()}
    policy, findings = read("folder/policy.yaml", own.encode(), folder=Folder(frozenset(files), files.get))
    assert policy is not None, findings
    assert findings == []
    return policy


def test_sections_may_stand_in_other_files() -> None:
    parts = sections()
    plans, rules = ("".join(parts.pop(name) for name in half) for half in (STARTS[:4], STARTS[4:]))
    split = read_with("".join(parts.values()) + "include: [plans.yaml, rules.yaml]\n", plans=plans, rules=rules)
    whole = read_with(WHOLE)
    assert split.digest == whole.digest
    assert split.plans == whole.plans
    assert split.transitions == whole.transitions


def test_mappings_are_merged_and_lists_appended_what_is_included_first() -> None:
    one = "messages: {retired: Gone.}\nrestrictions: [{id: one, message: One.}]\n"
    two = "plans: {extra: {prices: free}}\nrestrictions: [{id: two, message: Two.}]\n"
    own = WHOLE.replace("[basic, premium]", "[basic, premium, extra]") + "include: [two.yaml, one.yaml]\n"
    policy = read_with(own, one=one, two=two)
    assert [rule.id for rule in policy.restrictions] == ["two", "one", "sites-fit", "too-soon"]
    assert [*policy.plans] == ["extra", "basic", "premium", "studio"]
    assert [*policy.messages] == ["retired"]


def test_a_text_may_be_translated_in_another_file() -> None:
    own = WHOLE.replace("title: Example plans", "title: {en: Example plans}") + "include: [de.yaml]\n"
    policy = read_with(own, de="title: {de: Beispieltarife}\n")
    assert policy.title.by_locale == {"de": "Beispieltarife", "en": "Example plans"}


def test_a_finding_names_the_file_it_is_in() -> None:
    files = {"plans.yaml": b"messages: {retird: Gone.}\n"}
    own = (WHOLE + "include: [plans.yaml]\n").encode()
    _, findings = read("some/folder/policy.yaml", own, folder=Folder(frozenset(files), files.get))
    assert [finding.place.file for finding in findings] == ["some/folder/plans.yaml"]


def test_a_file_that_cannot_be_read_is_said_so() -> None:
    own = (WHOLE + "include: [plans.yaml]\n").encode()
    _, findings = read("policy.yaml", own, folder=Folder(frozenset({"plans.yaml"}), lambda _: None))
    assert [finding.code for finding in findings] == ["unreadable-file"]
