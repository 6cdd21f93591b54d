"""A ledger: the memberships, orders and payments of a shop, in a file of SQLite."""

import json
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from crossgrade.serving import SignedQuote

TABLES = """
CREATE TABLE IF NOT EXISTS members (id TEXT PRIMARY KEY, membership TEXT NOT NULL, usage TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS payments (key TEXT PRIMARY KEY, amount TEXT NOT NULL, currency TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS orders (
    number INTEGER PRIMARY KEY, quote TEXT NOT NULL UNIQUE, member TEXT NOT NULL, digest TEXT NOT NULL,
    due_now TEXT NOT NULL, currency TEXT NOT NULL, facts TEXT NOT NULL, decision TEXT NOT NULL, token TEXT NOT NULL);
"""


class UnknownMemberError(LookupError):
    """The shop has no such member."""


@dataclass(frozen=True)
class Member:
    """What the shop knows of a member: the membership as a decision returned it, and what is used of it."""

    membership: Mapping[str, Any]
    usage: Mapping[str, Any]


@dataclass(frozen=True)
class Book:
    """The ledger, opened: all that is read and written through it is one transaction."""

    rows: sqlite3.Connection

    def member(self, id: str) -> Member:
        found = self.rows.execute("SELECT membership, usage FROM members WHERE id = ?", (id,)).fetchone()
        if found is None:
            raise UnknownMemberError(f"there is no member `{id}`")
        return Member(*map(json.loads, found))

    def keep(self, id: str, member: Member) -> None:
        written = (id, json.dumps(dict(member.membership)), json.dumps(dict(member.usage)))
        self.rows.execute("INSERT OR REPLACE INTO members VALUES (?, ?, ?)", written)

    def order(self, id: str, held: SignedQuote, facts: Mapping[str, Any], token: str) -> int:
        """Store all that it takes to find out later what was sold, for how much, and by which policy."""
        quote = held.quote
        written = (
            quote.id,
            id,
            quote.grounds.policy.digest,
            str(quote.due_now),
            quote.currency.code,
            json.dumps(facts),
            json.dumps(quote.to_dict()),
            token,
        )
        done = self.rows.execute("INSERT INTO orders VALUES (NULL, ?, ?, ?, ?, ?, ?, ?, ?)", written)
        assert done.lastrowid is not None
        return done.lastrowid

    def collect(self, held: SignedQuote) -> None:
        """Take the payment. A payment provider stands here; the quote's id is its idempotency key."""
        quote = held.quote
        written = (quote.id, str(quote.due_now), quote.currency.code)
        self.rows.execute("INSERT INTO payments VALUES (?, ?, ?)", written)


@dataclass(frozen=True)
class Ledger:
    """The file. Every transaction has a connection of its own, so that threads and processes may share it."""

    file: Path

    def create(self) -> None:
        with closing(sqlite3.connect(self.file)) as rows:
            rows.execute("PRAGMA journal_mode = WAL")
            rows.executescript(TABLES)

    @contextmanager
    def opened(self, *, write: bool = False) -> Iterator[Book]:
        """Read, or read and write, in one transaction; it is undone where an exception leaves the block.

        Who wants to write waits at the door for others, so what was read is still true when something is written.
        """
        with closing(sqlite3.connect(self.file, timeout=30, isolation_level=None)) as rows:
            rows.execute("PRAGMA synchronous = NORMAL")
            rows.execute("BEGIN IMMEDIATE" if write else "BEGIN")
            with rows:
                yield Book(rows)
