"""A visit: what a browser asks a checkout, from the offers to the second click on the button."""

import sys
from typing import Any

import httpx


def visit(at: str) -> None:
    """Ask the server at a URL, as the member ada, and print what it answers."""
    with httpx.Client(base_url=f"{at}/memberships/ada") as shop:
        print("offers")
        for offer in shop.get("/offers").json()["offers"]:
            print(f"  {offer['id']:16}{_told(offer['decision'])}")
        wanted = {"plan": "premium"}
        shown = shop.post("/quote", json={"selection": wanted}).json()
        print(f"quote for {wanted['plan']}")
        for line in shown["decision"]["lines"]:
            print(f"  {line['title']:34}{line['amount']:>8}")
        for click in ("first", "second"):
            answer = shop.post("/charge", json={"selection": wanted, "token": shown["token"]})
            print(f"{click} click: {answer.status_code} {_outcome(answer.json())}")


def _told(decision: dict[str, Any]) -> str:
    if decision["outcome"] == "quote":
        return f"{decision['due_now']} {decision['currency']} now"
    return " ".join(reason["message"] for reason in decision.get("reasons", [decision]))


def _outcome(answer: dict[str, Any]) -> str:
    if "charged" in answer:
        return f"charged {answer['charged']}"
    first, *others = answer["changed"]
    return f"{answer['error']}: {first} and {len(others)} more"


if __name__ == "__main__":
    visit(sys.argv[1] if len(sys.argv) > 1 else "http://127.0.0.1:8000")
