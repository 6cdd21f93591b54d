"""The seal of tokens: every change of a byte is found, keys rotate, and there is one way to write each token."""

import hashlib
import hmac
import json
import string
from base64 import urlsafe_b64encode
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from rich.pretty import pretty_repr
from tests.serving.tokens import KEYS, error_of, held, quoted, token

from crossgrade import CrossgradeError
from crossgrade.serving.keys import InvalidKeys, Keys
from crossgrade.serving.seal import MOST_CHARACTERS, mark, opened, sealed
from crossgrade.serving.token_error import TokenError

TOKEN = token()
FORGED = ("malformed", "unknown_key", "bad_signature", "too_long")
OLD, NEW = b"o" * 32, b"n" * 32


@settings(deadline=None, max_examples=300)
@given(st.integers(0, len(TOKEN) - 1), st.characters())
@example(0, "C")
@example(len(TOKEN) - 1, "é")
def test_a_changed_character_is_found(place: int, character: str) -> None:
    changed = TOKEN[:place] + character + TOKEN[place + 1 :]
    if changed != TOKEN:
        assert error_of(changed).code in FORGED


@pytest.mark.parametrize("place", range(len(TOKEN)))
def test_every_character_counts(place: int) -> None:
    alphabet = string.ascii_letters + string.digits + "-_"
    near = alphabet[alphabet.find(TOKEN[place]) - 1]
    assert error_of(TOKEN[:place] + near + TOKEN[place + 1 :]).code in FORGED
    assert error_of(TOKEN[:place] + TOKEN[place + 1 :]).code in FORGED
    assert error_of(TOKEN[:place]).code in FORGED


def test_the_spare_bits_of_the_signature_count() -> None:
    """The last of 43 characters holds four bits of the 32 bytes, and two that a lax reader ignores."""
    alphabet = string.ascii_uppercase + string.ascii_lowercase + string.digits + "-_"
    last = alphabet.index(TOKEN[-1])
    same_bytes = [alphabet[(last & 0b111100) | spare] for spare in range(4) if (last & 0b11) != spare]
    assert [error_of(TOKEN[:-1] + other).code for other in same_bytes] == ["bad_signature"] * 3


@settings(deadline=None)
@given(st.text() | st.binary() | st.none() | st.integers() | st.builds(lambda text: f"cg1.june.{text}", st.text()))
def test_what_is_no_token_is_an_error(text: Any) -> None:
    assert error_of(text).code in FORGED


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "malformed"),
        (f"{TOKEN}\n", "malformed"),
        (f" {TOKEN}", "malformed"),
        (f"{TOKEN}=", "malformed"),
        (TOKEN.replace("cg1.", "cg2."), "malformed"),
        (TOKEN.replace("cg1.", "none."), "malformed"),
        (TOKEN.replace("cg1.", ""), "malformed"),
        (TOKEN.rpartition(".")[0] + ".", "malformed"),
        (f"{TOKEN.rpartition('.')[0]}.{'A' * 43}", "bad_signature"),
        (TOKEN.replace(".june.", ".may."), "bad_signature"),
        (TOKEN.replace(".june.", ".july."), "unknown_key"),
        (TOKEN.replace(".june.", ".JUNE."), "unknown_key"),
        (TOKEN.replace(".june.", ".."), "malformed"),
        ("eyJhbGciOiJub25lIn0.e30.", "malformed"),
        ("A" * MOST_CHARACTERS, "malformed"),
        ("A" * (MOST_CHARACTERS + 1), "too_long"),
        ("cg1.june." + "A" * 10**7, "too_long"),
    ],
)
def test_other_texts(text: str, code: str) -> None:
    assert error_of(text).code == code


def written(body: bytes | str, secret: bytes = KEYS.secrets["june"], hash_: str = "sha256") -> str:
    """Sign a body without the package: base64url, and HMAC over all that stands before it."""
    text = body if isinstance(body, str) else urlsafe_b64encode(body).rstrip(b"=").decode()
    signed = f"cg1.june.{text}"
    mac = hmac.new(secret, signed.encode(), hash_).digest()[:32]
    return f"{signed}.{urlsafe_b64encode(mac).rstrip(b'=').decode()}"


def test_the_format_is_as_it_is_described() -> None:
    body, secret = opened(TOKEN, KEYS)
    assert written(body) == TOKEN
    assert secret == KEYS.secrets["june"]


@pytest.mark.parametrize("hash_", ["sha1", "sha512", "sha3_256", "md5"])
def test_another_hash_is_refused(hash_: str) -> None:
    assert error_of(written(opened(TOKEN, KEYS)[0], hash_=hash_)).code in ("bad_signature", "malformed")


def test_a_plain_hash_is_no_signature() -> None:
    signed = TOKEN.rpartition(".")[0]
    for text in (signed.encode(), KEYS.secrets["june"] + signed.encode()):
        mac = urlsafe_b64encode(hashlib.sha256(text).digest()).rstrip(b"=").decode()
        assert error_of(f"{signed}.{mac}").code == "bad_signature"


CLAIMS = json.loads(opened(TOKEN, KEYS)[0])


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{}",
        b"[]",
        b"\xff",
        b"null",
        b"[" * 3000,
        json.dumps(CLAIMS).encode(),
        json.dumps(CLAIMS, separators=(",", ":"), sort_keys=True).encode(),
        json.dumps({**CLAIMS, "alg": "none"}, separators=(",", ":")).encode(),
        json.dumps({**CLAIMS, "at": "2026-06-10T22:00:00"}, separators=(",", ":")).encode(),
        json.dumps({**CLAIMS, "until": 1}, separators=(",", ":")).encode(),
        json.dumps(CLAIMS, separators=(",", ":")).replace('{"at"', '{"at":"2026-06-10T22:00:00Z","at"').encode(),
        "A",
        "AAAAA",
        "AB",
    ],
)
def test_what_is_signed_but_not_written_by_us_is_malformed(body: bytes | str) -> None:
    assert error_of(written(body)).code == "malformed"


def test_claims_that_are_written_as_ours_hold() -> None:
    assert held(written(json.dumps(CLAIMS, separators=(",", ":")).encode())).quote.id == quoted().id
    other = json.dumps({**CLAIMS, "due_now": "1.00"}, separators=(",", ":")).encode()
    assert error_of(written(other)).changed == ("policy",)


def test_keys_rotate() -> None:
    before, both = Keys("old", {"old": OLD}), Keys("old", {"old": OLD, "new": NEW})
    turned, after = Keys("new", both.secrets), Keys("new", {"new": NEW})
    signed = {keys.current: token(keys) for keys in (before, after)}
    assert token(both) == signed["old"]
    assert token(turned) == signed["new"]
    for keys in (both, turned):
        assert {held(text, keys=keys).quote.id for text in signed.values()} == {quoted().id}
    assert error_of(signed["old"], keys=after).code == "unknown_key"
    assert error_of(signed["new"], keys=before).code == "unknown_key"


def test_a_token_of_one_key_is_not_taken_under_another() -> None:
    named = token(Keys("old", {"old": OLD}))
    assert error_of(named, keys=Keys("old", {"old": NEW})).code == "bad_signature"
    renamed = named.replace(".old.", ".new.")
    assert error_of(renamed, keys=Keys("new", {"old": OLD, "new": NEW})).code == "bad_signature"
    assert error_of(renamed, keys=Keys("new", {"new": OLD})).code == "bad_signature"


@pytest.mark.parametrize(
    ("current", "secrets", "message"),
    [
        ("a", {}, "there is no secret for the current key `a`"),
        ("a", {"b": OLD}, "there is no secret for the current key `a`"),
        ("a", {"a": b""}, "the key `a` is not 32 bytes or more; use `secrets.token_bytes(32)`"),
        ("a", {"a": b"hush" * 7 + b"hus"}, "the key `a` is not 32 bytes or more; use `secrets.token_bytes(32)`"),
        ("a", {"a": OLD, "b": b"hush"}, "the key `b` is not 32 bytes or more; use `secrets.token_bytes(32)`"),
        ("a", {"a": "hush" * 8}, "the key `a` is not 32 bytes or more; use `secrets.token_bytes(32)`"),
        ("", {"": OLD}, "the id of a key is 1 to 32 letters, digits, `_` and `-`, found ``"),
        ("a.b", {"a.b": OLD}, "the id of a key is 1 to 32 letters, digits, `_` and `-`, found `a.b`"),
        ("ä", {"ä": OLD}, "the id of a key is 1 to 32 letters, digits, `_` and `-`, found `ä`"),
    ],
)
def test_keys_that_are_none(current: str, secrets: dict[str, Any], message: str) -> None:
    with pytest.raises(InvalidKeys) as caught:
        Keys(current, secrets)
    assert str(caught.value) == message
    assert isinstance(caught.value, CrossgradeError)
    assert "hush" not in str(caught.value)


def test_keys_show_no_secret() -> None:
    keys = Keys("a", {"a": b"hush" * 8, "b": b"hush" * 9})
    assert repr(keys) == "Keys(current='a', secrets=<a, b>)"
    assert "hush" not in f"{keys} {keys!r} {pretty_repr(keys)}"


def test_a_token_that_would_be_too_long_is_not_made() -> None:
    with pytest.raises(TokenError) as caught:
        sealed(b"x" * MOST_CHARACTERS, KEYS)
    assert caught.value.code == "too_long"


def test_marks_are_told_apart_by_their_parts() -> None:
    secret = KEYS.secrets["june"]
    assert len({mark(secret, *parts) for parts in (("a", "bc"), ("ab", "c"), ("abc",), ("a", "b", "c"))}) == 4
    assert mark(secret, "\ud800") != mark(KEYS.secrets["may"], "\ud800")
