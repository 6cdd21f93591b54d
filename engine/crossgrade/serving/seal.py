"""A seal: bytes signed into a short text that is safe in a URL, which only the holder of a key can have made.

The text is `cg1.KEY.BODY.MAC`: the edition of this format, the id of the key, and in base64url without padding the body
and its HMAC-SHA-256 over all that stands before it (RFC 2104, FIPS 198-1). The edition stands for the algorithm, so
there is none to choose and none to downgrade to.
"""

import hmac
import re
from base64 import urlsafe_b64decode, urlsafe_b64encode

from crossgrade.serving.keys import Keys
from crossgrade.serving.token_error import TokenError

EDITION = "cg1"
MOST_CHARACTERS = 8192
_SEALED = re.compile(rf"({EDITION}\.([A-Za-z0-9_-]{{1,32}})\.([A-Za-z0-9_-]+))\.([A-Za-z0-9_-]{{43}})")


def sealed(body: bytes, keys: Keys) -> str:
    """Return the body signed by the current key. Raises TokenError `too_long`."""
    signed = f"{EDITION}.{keys.current}.{base64url(body)}"
    token = f"{signed}.{_mac(signed, keys.secrets[keys.current])}"
    _check_length(token)
    return token


def opened(token: str, keys: Keys) -> tuple[bytes, bytes]:
    """Return the body of a sealed text and the secret that signed it.

    Raises TokenError `too_long`, `malformed`, `unknown_key` or `bad_signature`. Nothing of the body is looked at before
    its signature is found right.
    """
    if not isinstance(token, str):
        raise TokenError("malformed", f"a token is text, found {type(token).__name__}")
    _check_length(token)
    parts = _SEALED.fullmatch(token)
    if parts is None:
        raise TokenError("malformed", f"this is no token; one is written {EDITION}.KEY.BODY.MAC")
    signed, key, body, mac = parts.groups()
    secret = keys.secrets.get(key)
    if secret is None:
        raise TokenError("unknown_key", f"there is no key `{key}`; it was taken away, or the token is not ours")
    # The texts are compared, not the bytes they stand for, so that each signature has one way to be written.
    if not hmac.compare_digest(mac, _mac(signed, secret)):
        raise TokenError("bad_signature", "the token was changed, or was not signed by this key")
    return _decoded(body), secret


def mark(secret: bytes, *parts: str) -> bytes:
    """Return the keyed hash of some texts, from which nobody without the key can find them, not even by guessing."""
    # A sealed text never begins with a length, so a mark is never the signature of one.
    text = "".join(f"{len(part)}:{part}" for part in parts)
    return hmac.digest(secret, text.encode("utf-8", "surrogatepass"), "sha256")


def base64url(octets: bytes) -> str:
    """Return bytes in base64url without padding (RFC 4648, section 5)."""
    return urlsafe_b64encode(octets).rstrip(b"=").decode("ascii")


def _decoded(body: str) -> bytes:
    try:
        found = urlsafe_b64decode(body + "=" * (-len(body) % 4))
    except ValueError as problem:
        raise TokenError("malformed", "the body of the token is not base64url") from problem
    if base64url(found) != body:
        raise TokenError("malformed", "the body of the token is not base64url as it is written")
    return found


def _mac(signed: str, secret: bytes) -> str:
    return base64url(hmac.digest(secret, signed.encode("ascii"), "sha256"))


def _check_length(token: str) -> None:
    if len(token) > MOST_CHARACTERS:
        raise TokenError("too_long", f"a token has at most {MOST_CHARACTERS} characters, this has {len(token)}")
