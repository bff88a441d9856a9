# SPDX-License-Identifier: Apache-2.0
"""Whose an account at the broker is."""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets

from shanhai.field.sensors.models import Device
from shanhai.field.sensors.values import Sender
from shanhai.kernel.actors import Actor
from shanhai.kernel.errors import NotVisible
from shanhai.kernel.messages import gettext_noop

# A secret of ours is random and long: nobody finds it by trying, so that a broker may ask at every connection. The form
# is that of Mosquitto, whose file of accounts can therefore be made from what is kept.
_ROUNDS = 1000
_SCHEME = "pbkdf2_sha512"


def hashed_secret(secret: str, /) -> str:
    """What is kept of a secret: the scheme, the rounds, a salt of its own, the hash."""
    salt = secrets.token_bytes(12)
    kept = (base64.b64encode(one).decode() for one in (salt, _hash(secret, salt, _ROUNDS)))
    return "$".join((_SCHEME, str(_ROUNDS), *kept))


def parts_of_secret(kept: str, /) -> tuple[int, str, str]:
    """Rounds, salt and hash (base64) of what is kept."""
    _, rounds, salt, found = kept.split("$")
    return int(rounds), salt, found


def sender_of(*, username: str, secret: str) -> Sender | None:
    """The device that this account and secret are of; None where they are not or no longer."""
    # The databases have no room for such a sign.
    found = {} if not username or "\x00" in username else live_accounts(username)
    for pk, kept in found.values():
        rounds, salt, hashed = parts_of_secret(kept)
        if hmac.compare_digest(_hash(secret, base64.b64decode(salt), rounds), base64.b64decode(hashed)):
            return Sender(f"device:{pk}", name=username, device=pk)
    return None


def device_named(*, viewer: Actor, username: str) -> Device:
    """The device of the account "station.device". Raises NotVisible."""
    station, _, code = username.partition(".")
    found = Device.objects.visible_to(viewer).select_related("thing__programme")
    device = found.filter(thing__code=station, code=code).first()
    if device is None:
        text = gettext_noop("没有找到设备 %(name)s，或者您的岗位看不到它。名字写成 监测站代码.设备代码。")
        raise NotVisible(text, "sensors.device_not_found", name=username[:100])
    return device


def live_accounts(username: str = "") -> dict[str, tuple[int, str]]:
    """By account, of this one or of all that are not revoked: the device, and what is kept of its secret."""
    rows = Device.objects.exclude(secret="").values_list("thing__code", "code", "pk", "secret")
    if username:
        station, _, code = username.partition(".")
        rows = rows.filter(thing__code=station, code=code)
    return {f"{station}.{code}": (pk, secret) for station, code, pk, secret in rows}


def _hash(secret: str, salt: bytes, rounds: int) -> bytes:
    return hashlib.pbkdf2_hmac("sha512", secret.encode("utf-8", "surrogatepass"), salt, rounds)
