"""Servers: the checkouts of examples/, each as a process of its own on a free port, and its ledger."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from msgspec import Struct

from checkout.ledger import Ledger, Member
from checkout.opening import POLICIES, held
from crossgrade import Engine, load

ROOT = Path(__file__).resolve().parents[2]
ENVIRONMENT = {**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT / "examples"), os.environ.get("PYTHONPATH", "")])}
KINDS = ("flask", "fastapi")
PRICES = (90, 95, 99, 105, 120)
"""What premium costs in turn; fewer than a store keeps, so that each can be found again."""

POLICY = POLICIES.joinpath("shop", "policy.yaml").read_text(encoding="utf-8")


class Server(Struct, frozen=True):
    """A checkout that is running: its URL, its policy's file, its ledger."""

    url: str
    policy: Path
    ledger: Ledger

    def write(self, text: str) -> None:
        """Put a policy in its place in one step, as a careful deployment does."""
        fresh = self.policy.with_suffix(".new")
        fresh.write_text(text, encoding="utf-8")
        fresh.replace(self.policy)

    def enrol(self, *ids: str) -> None:
        """Let members hold Basic, ten days of thirty in."""
        at = datetime.now(UTC)
        with self.ledger.opened(write=True) as book:
            for id in ids:
                book.keep(id, Member(held(id, at), {"disk_gb": 8}))

    def member(self, id: str) -> Member:
        with self.ledger.opened() as book:
            return book.member(id)


def priced(price: int) -> str:
    """Return the policy of the examples with another price of premium."""
    return POLICY.replace("monthly: 90.00", f"monthly: {price}.00")


def engines(folder: Path) -> dict[str, Engine]:
    """Return an engine for every price by the digest of its policy; `folder` is for scratch."""
    found = {}
    for price in PRICES:
        file = folder / f"{price}.yaml"
        file.write_text(priced(price), encoding="utf-8")
        engine = load(file, matcher="plain")
        found[engine.policy.digest] = engine
    return found


@contextmanager
def serving(kind: str, folder: Path) -> Iterator[Server]:
    """Start a checkout as its README does, and end it."""
    policy = folder / "policies" / "shop" / "policy.yaml"
    policy.parent.mkdir(parents=True)
    policy.write_text(POLICY, encoding="utf-8")
    database = folder / "checkout.sqlite"
    asked = ["--port", "0", "--policies", str(folder / "policies"), "--database", str(database)]
    command = [sys.executable, "-W", "error", "-m", f"{kind}_checkout", *asked]
    said = folder / "said.txt"
    with said.open("w") as errors:
        process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=errors, text=True, env=ENVIRONMENT)
        try:
            assert process.stdout is not None
            url = process.stdout.readline().strip()
            assert url, said.read_text()
            yield Server(url, policy, Ledger(database))
            assert process.poll() is None, said.read_text()
        finally:
            process.terminate()
            process.communicate(timeout=10)
