# SPDX-License-Identifier: Apache-2.0
"""A signature covers the whole message, or it is worth nothing; what is verified is what is read."""

from datetime import timedelta

import pytest
from lxml import etree

from shanhai.operations.hazards.cap.rules.checking import check, read
from shanhai.operations.hazards.cap.rules.signing import sign
from shanhai.operations.hazards.cap.rules.structure import CAP, DSIG
from shanhai.operations.hazards.cap.rules.writing import to_bytes, write
from shanhai.operations.hazards.cap.tests.builders import EXAMPLES, FOLDER, a_key, a_message, needs_vectors
from shanhai.operations.hazards.cap.values import CapMessage, Seal
from tests.cast import AT


def signed(message: CapMessage | None = None, name: str = "稻城县应急") -> bytes:
    key, certificate = a_key(name)
    return to_bytes(sign(write(message or a_message()), key=key, certificate=certificate))


def seal(content: bytes) -> Seal:
    return check(content).signature.seal


def test_a_signed_message_is_whole_and_names_who_signed_it():
    found = check(signed())

    assert found.valid
    assert (found.signature.seal, found.signature.signer) == (Seal.WHOLE, "稻城县应急")
    assert len(found.signature.fingerprint) == 64


@needs_vectors
def test_a_signed_message_has_the_structure_of_the_official_schema():
    official = etree.XMLSchema(etree.parse(FOLDER / "cap12.xsd"))

    assert official.validate(etree.fromstring(signed()))


def test_a_message_that_was_changed_is_broken_and_refused():
    content = signed().replace("红色".encode(), "蓝色".encode(), 1)

    assert seal(content) == Seal.BROKEN
    assert not check(content).valid


def test_a_comment_in_a_text_changes_neither_what_is_signed_nor_what_is_read():
    content = signed().replace("坡体位移".encode(), "坡体<!-- 不 -->位移".encode(), 1)
    root = read(content)

    assert seal(content) == Seal.WHOLE
    assert check(content).findings == ()
    assert root.find(f".//{CAP}description")[0].tail == "位移加快。"


def test_the_words_that_are_read_are_those_that_are_signed_around_a_comment():
    from shanhai.operations.hazards.cap.rules.writing import read_back  # noqa: PLC0415 - beside its one use

    content = signed().replace("坡体位移".encode(), "坡体<!-- 不 -->位移".encode(), 1)

    assert read_back(read(content)) == a_message()


def wrapped(content: bytes, how: str) -> bytes:
    """What was signed is put away within, and another message is around it."""
    root = etree.fromstring(content)
    signature = root.find(f"{DSIG}Signature")
    other = write(a_message(identifier="2.25.666"))
    if how == "within the signature":
        place = etree.SubElement(signature, f"{DSIG}Object")
        root.remove(signature)
        place.append(root)
        other.append(signature)
    elif how == "the signature within":
        root.remove(signature)
        box = etree.SubElement(other, f"{DSIG}Object")
        box.append(signature)
        box.append(root)
    else:
        root.set("Id", "a")
        signature.find(f".//{DSIG}Reference").set("URI", "#a")
        other.append(signature)
        signature.append(root)
    return to_bytes(other)


@pytest.mark.parametrize("how", ["within the signature", "the signature within", "by its name"])
def test_a_signature_of_something_else_does_not_cover_a_message(how):
    assert seal(wrapped(signed(), how)) == Seal.BROKEN


def test_a_signature_of_a_part_by_its_name_does_not_cover_the_whole():
    """Signed properly, but for one element alone: signxml says yes to it, and answers with that element."""
    from signxml import XMLSigner, methods  # noqa: PLC0415 - as an attacker would

    key, certificate = a_key()
    root = write(a_message())
    detached = XMLSigner(method=methods.detached, c14n_algorithm="http://www.w3.org/2001/10/xml-exc-c14n#")
    root[0].set("Id", "part")
    whole = detached.sign(root, key=key, cert=certificate, reference_uri="#part")
    root.append(whole)

    assert seal(to_bytes(root)) == Seal.BROKEN


def test_a_certificate_that_had_ended_when_the_message_was_sent_is_no_certificate():
    late = a_message(sent=AT + timedelta(days=11))

    assert seal(signed(late)) == Seal.BROKEN
    assert seal(signed(a_message(sent=AT + timedelta(days=9)))) == Seal.WHOLE


@pytest.mark.parametrize("damage", [b"<ds:SignatureValue>", b"<ds:DigestValue>", b"<ds:X509Certificate>"])
def test_what_is_left_of_a_signature_is_broken_and_nothing_worse(damage):
    content = signed()
    begin = content.index(damage) + len(damage)

    assert seal(content[:begin] + b"!" + content[begin + 1 :]) == Seal.BROKEN
    assert seal(content[:begin] + content[content.index(b"</", begin) :]) == Seal.BROKEN


def test_two_signatures_are_not_judged():
    key, certificate = a_key("另一个")
    twice = to_bytes(sign(etree.fromstring(signed()), key=key, certificate=certificate))

    assert seal(twice) == Seal.WEAK


@needs_vectors
def test_the_signatures_of_real_alerts_were_made_with_sha_1_and_prove_nothing():
    found = {path.stem: seal(path.read_bytes()) for path in EXAMPLES}

    assert found["canada_signed"] == found["earthquake-iso8859-1"] == Seal.WEAK
    assert found["canada"] == Seal.UNSIGNED
