"""The built wheel, in a fresh environment of its own, carries schemas and policies and decides with them."""

import subprocess
import sys
import venv
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]

DECIDES = """
import crossgrade
from crossgrade import bundled
engine = crossgrade.load(bundled.policies_folder().joinpath("wc-affiliate"))
membership = {
    "plan": "personal",
    "paid": "79.00",
    "period": {"start": "2026-01-01T00:00:00Z", "end": "2027-01-01T00:00:00Z"},
}
print(engine.decide(membership, {"plan": "professional"}, at="2026-07-01T00:00:00Z").due_now)
"""


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    into = tmp_path_factory.mktemp("dist")
    command = [sys.executable, "-m", "build", "--no-isolation", "--outdir", str(into), str(ROOT)]
    subprocess.run(command, check=True, capture_output=True)
    (sdist,) = into.glob("*.tar.gz")
    assert sdist.stat().st_size > 0
    (built,) = into.glob("*.whl")
    return built


def test_the_wheel_carries_schemas_and_policies(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    for kept in ("schemas", "policies"):
        files = [path for path in ROOT.joinpath(kept).rglob("*") if path.is_file()]
        assert files
        for path in files:
            assert f"crossgrade/_bundled/{path.relative_to(ROOT).as_posix()}" in names
    assert "crossgrade/py.typed" in names


def test_a_fresh_environment_decides_with_the_wheel(wheel: Path, tmp_path: Path) -> None:
    venv.create(tmp_path.joinpath("env"), with_pip=True)
    python = str(tmp_path.joinpath("env", "Scripts" if sys.platform == "win32" else "bin", "python"))
    subprocess.run([python, "-m", "pip", "install", "--quiet", str(wheel)], check=True, capture_output=True)
    done = subprocess.run([python, "-c", DECIDES], cwd=tmp_path, check=True, capture_output=True, text=True)
    assert done.stdout.strip() == "139.50"
