"""Settings say how severe a finding is and what is waived; every mistake has its line, and a way out."""

from pathlib import Path

import pytest

from crossgrade.diagnostics import as_text
from crossgrade.reviewing.settings import SETTINGS_FILE, Settings, find_settings, read_settings

KINDS = ("path-lost", "path-gained", "pays-more", "dead-rule")

WAIVED = """\
[[waive]]
fingerprint = "1a2b3c4d5e6f"
reason = "agreed with support on 2026-03-01"
"""

MISTAKES = {
    "[severty]\npays-more = 'info'\n": """\
crossgrade.toml:1:2: error[unknown-key]: unknown key `severty`
  1 | [severty]
    |  ^^^^^^^
help: did you mean `severity`?""",
    "title = 'ours'\n": """\
crossgrade.toml:1:1: error[unknown-key]: unknown key `title`
  1 | title = 'ours'
    | ^^^^^
help: there are [severity] and [[waive]]""",
    "[severity]\npath-lots = 'info'\n": """\
crossgrade.toml:2:1: error[unknown-key]: nothing that is found is called `path-lots`
  2 | path-lots = 'info'
    | ^^^^^^^^^
help: did you mean `path-lost`?""",
    "[severity]\n# pays-more = 'info'\npays-more = 'eror'\n": """\
crossgrade.toml:3:1: error[unknown-value]: `eror` is no severity
  3 | pays-more = 'eror'
    | ^^^^^^^^^
help: did you mean `error`?""",
    "severity = {pays-more = 0.5}\n": """\
crossgrade.toml:1:13: error[unknown-value]: `0.5` is no severity
  1 | severity = {pays-more = 0.5}
    |             ^^^^^^^^^
help: expected one of error, warning, info""",
    "severity = 'info'\n": """\
crossgrade.toml:1:1: error[wrong-type]: `severity` is a section
  1 | severity = 'info'
    | ^^^^^^^^
help: write it as [severity]""",
    "[waive]\nfingerprint = '1a2b3c4d5e6f'\n": """\
crossgrade.toml:1:2: error[wrong-type]: `waive` is a list
  1 | [waive]
    |  ^^^^^
help: write each as [[waive]]""",
    f"{WAIVED}\n[[waive]]\nfingerprint = 'ffffffffffff'\n": """\
crossgrade.toml:5:1: error[missing-key]: a waiver needs a reason
  5 | [[waive]]
    | ^^^^^^^^^
help: write reason = "agreed with support on 2026-03-01\"""",
    f"{WAIVED}\n[[waive]]\nfingerprint = 'ffffffffffff'\nreason = ' '\n": """\
crossgrade.toml:7:1: error[empty]: the reason of a waiver is empty
  7 | reason = ' '
    | ^^^^^^
help: write reason = "agreed with support on 2026-03-01\"""",
    "[[waive]]\nreason = 'agreed'\nfingerprint = 12\n": """\
crossgrade.toml:3:1: error[wrong-type]: the fingerprint of a waiver is a text
  3 | fingerprint = 12
    | ^^^^^^^^^^^
help: write fingerprint = "1a2b3c4d5e6f\"""",
    f"{WAIVED}becuase = 'x'\n": """\
crossgrade.toml:4:1: error[unknown-key]: unknown key `becuase` of a waiver
  4 | becuase = 'x'
    | ^^^^^^^
help: there are fingerprint, reason, kind""",
    f"{WAIVED}kind = 'ded-rule'\n": """\
crossgrade.toml:4:1: error[unknown-value]: nothing that is found is called `ded-rule`
  4 | kind = 'ded-rule'
    | ^^^^
help: did you mean `dead-rule`?""",
    f"{WAIVED}\n{WAIVED}": """\
crossgrade.toml:6:1: error[duplicate-id]: `1a2b3c4d5e6f` is waived twice
  6 | fingerprint = "1a2b3c4d5e6f"
    | ^^^^^^^^^^^
help: keep the one whose reason holds""",
    "[severity]\npays-more =": """\
crossgrade.toml:2:1: error[unreadable-file]: `crossgrade.toml` cannot be read: invalid value
  2 | pays-more =
    | ^""",
    "pays-more = = 1\n": """\
crossgrade.toml:1:13: error[unreadable-file]: `crossgrade.toml` cannot be read: invalid value
  1 | pays-more = = 1
    |             ^""",
}  # fmt: skip


def read(text: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[Settings, str]:
    monkeypatch.chdir(folder)
    file = Path(SETTINGS_FILE)
    file.write_text(text, encoding="utf-8")
    settings, findings = read_settings(file, KINDS)
    return settings, "\n".join(map(as_text, findings))


@pytest.mark.parametrize("text", MISTAKES)
def test_a_mistake_is_found_at_its_line(text: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert read(text, tmp_path, monkeypatch)[1] == MISTAKES[text]


def test_all_mistakes_are_found_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text = "[severity]\npath-lots = 'info'\npays-more = 'eror'\n[[waive]]\n"
    found = read(text, tmp_path, monkeypatch)[1]
    assert [line.partition(":")[2].partition(":")[0] for line in found.splitlines() if "error[" in line] == list("2344")


def test_what_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text = f"[severity]\npath-gained = 'warning'\n\n{WAIVED}kind = 'pays-more'\n"
    settings, found = read(text, tmp_path, monkeypatch)
    assert (found, dict(settings.severity)) == ("", {"path-gained": "warning"})
    assert settings.reason("1a2b3c4d5e6f", "pays-more") == "agreed with support on 2026-03-01"
    assert settings.reason("1a2b3c4d5e6f", "path-lost") is None
    assert settings.reason("000000000000", "pays-more") is None
    assert settings.waivers[0].place.line == 5


def test_a_waiver_without_a_kind_is_of_any(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings, _ = read(WAIVED, tmp_path, monkeypatch)
    assert {settings.reason("1a2b3c4d5e6f", kind) for kind in KINDS} == {"agreed with support on 2026-03-01"}


def test_an_empty_file_says_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert read("", tmp_path, monkeypatch) == (Settings(), "")


@pytest.mark.parametrize(
    ("content", "said"), [(None, "No such file or directory"), (b"# caf\xe9\n", "it is not UTF-8")]
)
def test_a_file_that_cannot_be_read(content: bytes | None, said: str, tmp_path: Path) -> None:
    file = tmp_path / SETTINGS_FILE
    if content is not None:
        file.write_bytes(content)
    (finding,) = read_settings(file, KINDS)[1]
    assert (finding.code, finding.message) == ("unreadable-file", f"`{file}` cannot be read: {said}")


def test_the_nearest_file_up_to_the_top_is_taken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    repository, policy = tmp_path / "repository", tmp_path / "repository/policies/shop"
    policy.mkdir(parents=True)
    policy.joinpath("policy.yaml").touch()
    repository.joinpath(".git").mkdir()
    tmp_path.joinpath(SETTINGS_FILE).touch()
    monkeypatch.chdir(repository)
    assert find_settings(policy) is None, "a file above the repository is another's"
    for folder in (repository, policy.parent, policy):
        folder.joinpath(SETTINGS_FILE).touch()
        assert find_settings(policy) == folder / SETTINGS_FILE
        assert find_settings(Path("policies/shop/policy.yaml")) == folder / SETTINGS_FILE


def test_outside_a_repository_only_two_folders_are_looked_into(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    policy, here = tmp_path / "policies/shop", tmp_path / "here"
    for folder in (policy, here):
        folder.mkdir(parents=True)
    tmp_path.joinpath(SETTINGS_FILE).touch()
    monkeypatch.chdir(here)
    assert find_settings(policy) is None
    here.joinpath(SETTINGS_FILE).touch()
    assert find_settings(policy) == here / SETTINGS_FILE
