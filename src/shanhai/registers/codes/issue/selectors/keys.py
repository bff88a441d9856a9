# SPDX-License-Identifier: Apache-2.0
"""The key with which codes are signed, and the public keys by which they are known."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.conf import settings

from shanhai.kernel.errors import Refused
from shanhai.kernel.messages import gettext_noop
from shanhai.registers.codes.issue.rules.signing import Keys, name_of, private_key, read_keys, sign


def signature_of(identifier: str) -> str:
    """The query that signs a canonical form; "" where there is no key. Raises Refused where the key cannot be used."""
    key = _key(settings.CODES_KEY)
    return sign(key, identifier) if key else ""


def signs() -> bool:
    """Whether labels can be signed here."""
    return _key(settings.CODES_KEY) is not None


def public_keys() -> Keys:
    """Those of the key in use, first, and of earlier ones: what they signed is still on labels."""
    key = _key(settings.CODES_KEY)
    own = {name_of(key.public_key()): key.public_key()} if key else {}
    for file in settings.CODES_OLD_KEYS:
        own |= {name: one for name, one in read_keys(Path(file).read_bytes()).items() if name not in own}
    return own


@lru_cache(maxsize=4)
def _key(file: str) -> Ed25519PrivateKey | None:
    try:
        return private_key(Path(file).read_bytes()) if file else None
    except (OSError, ValueError) as error:
        text = gettext_noop("签名的钥匙用不了。请管理员核对 SHANHAI_CODES_KEY：应是 Ed25519 私钥的 PEM 文件。")
        raise Refused(text, "codes.key_unusable") from error
