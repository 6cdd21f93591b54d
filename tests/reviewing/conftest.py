"""A repository that is the current folder, far from whoever runs the tests."""

from pathlib import Path

import pytest
from tests.reviewing.repositories import FOREIGN, SETTINGS, begun


@pytest.fixture
def repo(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return an empty repository; git finds none around it, and no settings but its own."""
    for name, value in SETTINGS.items():
        monkeypatch.setenv(name, value)
    for name in FOREIGN:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path))
    folder = begun(tmp_path / "repository")
    monkeypatch.chdir(folder)
    return folder
