"""The checkouts of examples/ as real servers, asked by eight threads at once while their policy is exchanged.

Every answer is checked against an engine of the test's own, by the policy that the answer names.
"""

import json
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from pathlib import Path
from typing import Any

import httpx
import pytest
from tests.examples.servers import KINDS, PRICES, Server, engines, priced, serving

from checkout.ledger import Member
from crossgrade import Engine

THREADS, TURNS = 8, 35
PREMIUM = {"plan": "premium", "price": "monthly"}


@pytest.fixture(scope="module", params=KINDS)
def server(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with serving(request.param, tmp_path_factory.mktemp(request.param)) as found:
        yield found


class Browser:
    """A browser of one member, and what is right for it to be told."""

    def __init__(self, server: Server, known: dict[str, Engine], client: httpx.Client, id: str) -> None:
        self.server, self.known, self.client, self.id = server, known, client, id
        self.member = server.member(id)
        self.digests: set[str] = set()

    def post(self, what: str, body: Any, status: int = 200) -> Any:
        answer = self.client.post(f"{self.server.url}/memberships/{self.id}/{what}", json=body)
        assert answer.status_code == status, answer.text
        return answer.json()

    def right(self, decision: Any, selection: Any, at: str) -> Any:
        """Decide by the policy that an answer names."""
        digest = decision["policy"]["digest"]
        self.digests.add(digest)
        found = self.known[digest].decide(self.member.membership, selection, at=at, usage=self.member.usage)
        return json.loads(json.dumps(found.to_dict()))

    def offers(self) -> None:
        answer = self.client.get(f"{self.server.url}/memberships/{self.id}/offers").json()
        ids = [offer["id"] for offer in answer["offers"]]
        plans = ["free/free", "basic/monthly", "basic/yearly", "premium/monthly", "premium/yearly"]
        assert ids == [*plans, "extra-disk"]
        for offer in answer["offers"]:
            wanted = (
                {"plan": offer["plan"], "price": offer["price"]}
                if "plan" in offer
                else {"add_addons": {offer["addon"]: 1}}
            )
            assert offer["decision"] == self.right(offer["decision"], wanted, answer["at"])

    def quote(self, selection: Any = PREMIUM) -> Any:
        shown = self.post("quote", {"selection": selection})
        assert shown["decision"] == self.right(shown["decision"], selection, shown["at"])
        assert (shown["token"] is None) == (shown["decision"]["outcome"] != "quote")
        return shown

    def charge(self, shown: Any, status: int = 200) -> Any:
        return self.post("charge", {"selection": PREMIUM, "token": shown["token"]}, status)


def buys(browser: Browser) -> None:
    shown = browser.quote()
    order = browser.charge(shown)
    assert order["decision"] == shown["decision"]
    assert order["charged"] == shown["decision"]["due_now"]
    assert browser.server.member(browser.id).membership == shown["decision"]["membership"]
    again = browser.charge(shown, 409)
    assert (again["error"], again["changed"][0]) == ("facts_changed", "membership.plan")


def fills_the_disk_meanwhile(browser: Browser) -> None:
    shown = browser.quote()
    with browser.server.ledger.opened(write=True) as book:
        book.keep(browser.id, Member(browser.member.membership, {"disk_gb": 9}))
    answer = browser.charge(shown, 409)
    assert (answer["error"], answer["changed"]) == ("facts_changed", ["usage.disk_gb"])
    assert "9" not in answer["message"]


def forges(browser: Browser) -> None:
    token = browser.quote()["token"]
    head, body, mac = token.rsplit(".", 2)
    other = f"{head}.{body[:40]}{'A' if body[40] != 'A' else 'B'}{body[41:]}.{mac}"
    assert browser.charge({"token": other}, 400)["error"] == "bad_signature"
    assert browser.charge({"token": "cg1"}, 400)["error"] == "malformed"


def charges_something_else(browser: Browser) -> None:
    token = browser.quote()["token"]
    answer = browser.post("charge", {"selection": {"plan": "premium", "price": "yearly"}, "token": token}, 409)
    assert answer["changed"] == ["selection.price"]


def is_refused(browser: Browser) -> None:
    shown = browser.quote({"plan": "free"})
    reasons = [reason["message"] for reason in shown["decision"]["reasons"]]
    assert reasons == ["You use 8 GB; Free includes 1 GB."]


def errs(browser: Browser) -> None:
    answer = browser.post("quote", {"selection": {"plan": "premum"}}, 422)
    assert (answer["error"], answer["path"]) == ("unknown_plan", "selection.plan")
    browser.post("quote", {"selected": PREMIUM}, 422)
    browser.post("charge", {"selection": PREMIUM}, 422)
    assert browser.client.get(f"{browser.server.url}/memberships/nobody/offers").status_code == 404


DEEDS: tuple[Callable[[Browser], None], ...] = (
    Browser.offers,
    buys,
    fills_the_disk_meanwhile,
    forges,
    charges_something_else,
    is_refused,
    errs,
)


def test_every_answer_is_right_while_the_policy_is_exchanged(server: Server, tmp_path: Path) -> None:
    known = engines(tmp_path)
    done = threading.Event()
    server.enrol(*(f"{thread}-{turn}" for thread in range(THREADS) for turn in range(TURNS)))

    def visit(thread: int) -> set[str]:
        seen: set[str] = set()
        with httpx.Client(timeout=30) as client:
            for turn in range(TURNS):
                browser = Browser(server, known, client, f"{thread}-{turn}")
                DEEDS[(thread + turn) % len(DEEDS)](browser)
                seen |= browser.digests
        return seen

    def exchange() -> None:
        turn = 0
        while not done.wait(0.1):  # what changes within 50 ms is seen as one change
            turn += 1
            text = priced(PRICES[turn % len(PRICES)])
            server.write(text if turn % 4 else text.replace("USD", "XYZ"))  # every fourth is not taken

    with ThreadPoolExecutor(THREADS + 1) as pool:
        writing = pool.submit(exchange)
        try:
            seen = set[str]().union(*pool.map(visit, range(THREADS)))
        finally:
            done.set()
        writing.result()
    assert len(seen) > 2, "the policy was not exchanged"
    check_the_ledger(server, known, THREADS * TURNS // len(DEEDS))


def check_the_ledger(server: Server, known: dict[str, Engine], sold: int) -> None:
    """From what is stored with each order its decision is made again, and as much was collected as was shown."""
    with server.ledger.opened() as book:
        orders = book.rows.execute("SELECT quote, digest, due_now, facts, decision FROM orders").fetchall()
        paid = [Decimal(amount) for (amount,) in book.rows.execute("SELECT amount FROM payments")]
    assert len(orders) == len(paid) == sold
    assert sum(paid) == sum(Decimal(due) for _, _, due, _, _ in orders)
    for quote, digest, due, facts, decision in orders:
        asked = json.loads(facts)
        again = known[digest].decide(asked.pop("membership"), asked.pop("selection"), **asked).to_dict()
        assert json.loads(json.dumps(again)) == json.loads(decision)
        assert (again["id"], again["due_now"]) == (quote, due)


def test_of_eight_clicks_at_once_one_is_charged(server: Server, tmp_path: Path) -> None:
    server.write(priced(PRICES[0]))
    known = engines(tmp_path)
    server.enrol("bob")
    start = threading.Barrier(THREADS)
    with httpx.Client(timeout=30) as client:
        shown = Browser(server, known, client, "bob").quote()

    def click(_: int) -> int:
        with httpx.Client(timeout=30) as client:
            start.wait()
            body = {"selection": PREMIUM, "token": shown["token"]}
            return client.post(f"{server.url}/memberships/bob/charge", json=body).status_code

    with ThreadPoolExecutor(THREADS) as pool:
        assert sorted(pool.map(click, range(THREADS))) == [200] + [409] * (THREADS - 1)
    assert server.member("bob").membership == shown["decision"]["membership"]
