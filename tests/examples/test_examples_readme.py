"""The folders of examples/ are as their README and the documentation say: their commands, and what these print."""

import inspect
import os
import re
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest
from tests.docs.blocks import DOCS, Block, blocks
from tests.examples.servers import ENVIRONMENT, KINDS, ROOT, serving

from stripe_subscription.membership import membership_from_stripe

EXAMPLES = ROOT / "examples"
READMES = sorted(EXAMPLES.rglob("README.md"))


def printed(*arguments: str) -> str:
    command = [sys.executable, "-W", "error", "-m", *arguments]
    return subprocess.run(command, cwd=ROOT, env=ENVIRONMENT, check=True, capture_output=True, text=True).stdout


def started(block: Block) -> str:
    """Return the module that the script of a README's command starts."""
    script = ROOT / block.text.strip()
    assert os.access(script, os.X_OK)
    (module,) = re.findall(
        r"^exec env PYTHONPATH=examples \.venv/bin/python -m ([\w.]+)", script.read_text(), re.MULTILINE
    )
    return str(module)


@pytest.mark.parametrize("kind", KINDS)
def test_a_visit_prints_what_the_readme_shows(kind: str, tmp_path: Path) -> None:
    run, visit, shown = blocks(EXAMPLES / f"{kind}_checkout" / "README.md")
    assert started(run) == f"{kind}_checkout"
    with serving(kind, tmp_path) as server:
        day, said = datetime.now(UTC).date(), printed(started(visit), server.url)
    if datetime.now(UTC).date() == day:  # else ada's ten days have become eleven
        assert said == shown.text


def test_the_subscription_is_what_the_readme_shows() -> None:
    run, shown = blocks(EXAMPLES / "stripe_subscription" / "README.md")
    assert printed(started(run)) == shown.text


def test_the_documentation_shows_the_function_as_it_is() -> None:
    (shown,) = [block.text for block in blocks(DOCS / "embedding.md") if block.kind == "py"]
    assert shown == inspect.getsource(membership_from_stripe)


@pytest.mark.parametrize("page", READMES, ids=lambda page: page.parent.name)
def test_links_of_the_readmes_lead_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\(([^)\s]+)\)", page.read_text(encoding="utf-8")):
        file, _, anchor = target.partition("#")
        assert (page.parent / file).exists(), target
        if anchor:
            heads = re.findall(r"^#+ (.+)$", (page.parent / file).read_text(encoding="utf-8"), re.MULTILINE)
            assert anchor in {head.lower().replace(" ", "-") for head in heads}, target
