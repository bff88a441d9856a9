# SPDX-License-Identifier: Apache-2.0
"""What is printed is read back by a real decoder; what is signed is checked by who has the public key alone."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat
from django.core.management import CommandError, call_command
from django.test import Client

from shanhai.kernel.errors import BadInput, Refused
from shanhai.registers.codes.issue import services
from shanhai.registers.codes.issue.rules.labels import SIZES
from shanhai.registers.codes.issue.rules.signing import read_keys, verify
from shanhai.registers.codes.issue.selectors.sheets import label_for, label_png, label_svg
from shanhai.registers.codes.issue.tests.images import from_png, pages_of, read
from shanhai.registers.codes.issue.tests.test_issuing import a_batch
from shanhai.registers.codes.keys.rules.reading import parse
from tests.cast import AT, OFFICE

pytestmark = pytest.mark.django_db


@pytest.fixture
def key(tmp_path: Path, settings: Any) -> Path:
    made = Ed25519PrivateKey.generate()
    file = tmp_path / "codes.pem"
    file.write_bytes(made.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    (tmp_path / "public.pem").write_bytes(
        made.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    )
    settings.CODES_KEY = str(file)
    return tmp_path


@pytest.mark.parametrize("size", SIZES)
def test_a_printed_sheet_is_read_back(size: str, tmp_path: Path) -> None:
    batch = a_batch(3)
    made = services.sheet_pdf(batch=batch.uuid, size=size, by=OFFICE, at=AT)
    found = [text for page in pages_of(made, tmp_path) for text in read(page)]
    assert sorted(found) == sorted(code.identifier for code in batch.codes.all())


def test_one_label_is_read_back_and_says_domain_and_code_in_words() -> None:
    code = a_batch(1).codes.select_related("batch__organisation").get()
    assert read(from_png(label_png(code))) == [code.identifier]
    assert label_svg(code).startswith(b"<svg")
    label = label_for(code)
    assert label.host in code.identifier
    assert label.signs.replace(" ", "") == code.signs


def test_a_signed_code_holds_offline_and_an_altered_one_does_not(key: Path, client: Client) -> None:
    code = a_batch(1, signed=True).codes.select_related("batch__organisation").get()
    address = label_for(code).address
    assert read(from_png(label_png(code))) == [address]

    served = client.get("/.well-known/shanhai-codes.json").content
    keys = read_keys(served)
    assert verify(parse(address), keys) == json.loads(served)["keys"][0]["kid"]
    assert verify(parse(address), read_keys((key / "public.pem").read_bytes()))
    other = a_batch(1).codes.get()
    for wrong in (
        address.replace(code.signs, other.signs),
        address.replace("/tag/", "/lot/"),
        address.replace("https://", "https://evil."),
        address[:-1] + ("B" if address[-1] == "A" else "A"),
        address + "A",
    ):
        with pytest.raises(Refused, match="对不上"):
            verify(parse(wrong), keys)
    with pytest.raises(Refused, match="没有签名"):
        verify(parse(code.identifier), keys)
    settled = read_keys(
        Ed25519PrivateKey.generate().public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    )
    with pytest.raises(Refused, match="不在给出的公钥里"):
        verify(parse(address), settled)
    for nonsense in (b"", b"{}", b"[1]", b"-----BEGIN PUBLIC KEY-----", b'{"keys": [{"crv": "Ed25519", "x": "AA"}]}'):
        with pytest.raises(BadInput, match="公钥"):
            read_keys(nonsense)


def test_the_console_checks_a_signature(key: Path, capsys: Any) -> None:
    code = a_batch(1, signed=True).codes.select_related("batch__organisation").get()
    address = label_for(code).address
    call_command("dl", "verify", address, "--key", str(key / "public.pem"), "--json")
    assert json.loads(capsys.readouterr().out)["signed_by"]
    with pytest.raises(CommandError, match="对不上"):
        call_command("dl", "verify", address.replace("/tag/", "/lot/"), "--key", str(key / "public.pem"))
    with pytest.raises(CommandError):
        call_command("dl", "verify", address, "--key", str(key / "nothing.pem"))


def test_a_key_that_cannot_be_used_is_told(settings: Any, tmp_path: Path) -> None:
    settings.CODES_KEY = str(tmp_path / "nothing.pem")
    with pytest.raises(Refused, match="SHANHAI_CODES_KEY"):
        a_batch(1, signed=True)
