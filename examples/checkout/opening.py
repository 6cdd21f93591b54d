"""Opening a desk: the arguments of the servers, and a shop that has one member."""

import argparse
import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

from checkout.desk import Desk, now
from checkout.ledger import Ledger, Member
from crossgrade.serving import Keys, PolicyStore

POLICIES = Path(__file__).with_name("policies")


@dataclass(frozen=True)
class Opened:
    """A desk and the port it is to be found at; 0 is any that is free."""

    desk: Desk
    port: int


def opened(program: str) -> Opened:
    """Open the desk that the command line asks for."""
    parser = argparse.ArgumentParser(prog=program)
    parser.add_argument("--port", type=int, default=8000, help="0 for any that is free; default 8000")
    parser.add_argument("--policies", type=Path, default=POLICIES, help="the folder of policies")
    parser.add_argument("--database", type=Path, help="the file of SQLite; a new one in a temporary folder if left out")
    asked = parser.parse_args()
    ledger = Ledger(asked.database or Path(mkdtemp(prefix="checkout-"), "checkout.sqlite"))
    ledger.create()
    with ledger.opened(write=True) as book:
        book.keep("ada", Member(held("ada", now()), {"disk_gb": 8}))
    return Opened(Desk(PolicyStore(asked.policies), keys(), ledger), asked.port)


def held(id: str, at: datetime) -> Mapping[str, Any]:
    """Return a membership on Basic, paid for thirty days, of which ten have passed."""
    start = at.replace(hour=0, minute=0, second=0, microsecond=0) - timedelta(days=10)
    period = {"start": start.isoformat(), "end": (start + timedelta(days=30)).isoformat()}
    return {"id": id, "plan": "basic", "price": "monthly", "paid": "30.00", "period": period}


def keys() -> Keys:
    """Return the key of the environment, which all servers of a shop share, or one that ends with the process."""
    shared = os.environ.get("CHECKOUT_KEY")
    return Keys(current="k1", secrets={"k1": bytes.fromhex(shared) if shared else secrets.token_bytes(32)})
