# SPDX-License-Identifier: Apache-2.0
"""Signatures of codes: Ed25519 over the canonical form, in the query of the link as ``s``.

They are checked without asking anybody. A signature says that who has the key made up this code; it does not say that
the label is the one it was printed on: a copy has the same signature.
"""

from __future__ import annotations

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping
from hashlib import sha256

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key, load_pem_public_key

from shanhai.kernel.errors import BadInput, Refused
from shanhai.kernel.messages import gettext_noop
from shanhai.registers.codes.keys.values import Identifier

PARAMETER = "s"
# How many signs of the hash of a key stand before a signature, so that the key is found.
_NAME = 6
Keys = Mapping[str, Ed25519PublicKey]


def private_key(pem: bytes) -> Ed25519PrivateKey:
    """The key of a PEM file. Raises ValueError where it is none of Ed25519."""
    try:
        key = load_pem_private_key(pem, password=None)
    except (TypeError, UnsupportedAlgorithm) as error:
        raise ValueError(str(error)) from error
    if not isinstance(key, Ed25519PrivateKey):
        raise ValueError("not a key of Ed25519")
    return key


def name_of(key: Ed25519PublicKey) -> str:
    """What a key is called: the beginning of its thumbprint after RFC 7638."""
    members = {"crv": "Ed25519", "kty": "OKP", "x": _text(key.public_bytes_raw())}
    return _text(sha256(json.dumps(members, separators=(",", ":"), sort_keys=True).encode()).digest())[:_NAME]


def sign(key: Ed25519PrivateKey, identifier: str) -> str:
    """The query that signs the canonical form ``identifier``: ``?s=`` and 92 signs."""
    return f"?{PARAMETER}={name_of(key.public_key())}{_text(key.sign(identifier.encode()))}"


def as_set(keys: Keys) -> dict[str, list[dict[str, str]]]:
    """The keys as a set of JSON Web Keys (RFC 7517, RFC 8037)."""
    form = {"kty": "OKP", "crv": "Ed25519", "alg": "EdDSA", "use": "sig"}
    return {"keys": [{**form, "kid": name, "x": _text(key.public_bytes_raw())} for name, key in keys.items()]}


def read_keys(content: bytes) -> Keys:
    """The keys in a file: a set of JSON Web Keys, one of them, or a public key in PEM. Raises BadInput."""
    try:
        if content.lstrip().startswith(b"-----"):
            key = load_pem_public_key(content)
            found = [key] if isinstance(key, Ed25519PublicKey) else []
        else:
            given = json.loads(content)
            rows = given.get("keys", [given])
            found = [
                Ed25519PublicKey.from_public_bytes(_bytes(one["x"])) for one in rows if one.get("crv") == "Ed25519"
            ]
    except (ValueError, KeyError, TypeError, AttributeError, UnsupportedAlgorithm, RecursionError):
        found = []
    if not found:
        text = gettext_noop("文件里没有 Ed25519 公钥。请用 /.well-known/shanhai-codes.json 的内容，或 PEM 公钥。")
        raise BadInput(text, "codes.no_public_key", field="key")
    return {name_of(key): key for key in found}


def verify(found: Identifier, keys: Keys) -> str:
    """The name of the key that signed what a link says. Raises Refused where it is unsigned, altered, or of no key."""
    signature = dict(found.other).get(PARAMETER, "")
    if not signature:
        raise Refused(gettext_noop("这个码没有签名，离线核对不了。请联网查询。"), "codes.unsigned", field=PARAMETER)
    name = signature[:_NAME]
    key = keys.get(name)
    if key is None:
        text = gettext_noop("签名用的钥匙 %(name)s 不在给出的公钥里。请先更新公钥，再核一次。")
        raise Refused(text, "codes.strange_key", field=PARAMETER, name=name)
    try:
        key.verify(_bytes(signature[_NAME:]), found.canonical.encode())
    except (InvalidSignature, ValueError):
        text = gettext_noop("签名和码对不上：码被改过，或者不是这里发的。请不要采用，并联系发码单位。")
        raise Refused(text, "codes.altered", field=PARAMETER) from None
    return name


def _text(content: bytes) -> str:
    return urlsafe_b64encode(content).decode().rstrip("=")


def _bytes(text: str) -> bytes:
    found = urlsafe_b64decode(text + "=" * (-len(text) % 4))
    # Strange signs, and bits that say nothing, would make several spellings of one signature.
    if _text(found) != text:
        raise ValueError("not base64url")
    return found
