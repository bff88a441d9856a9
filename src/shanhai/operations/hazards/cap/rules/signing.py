# SPDX-License-Identifier: Apache-2.0
"""Signatures of alerts: XML Signature, enveloped, RSA with SHA-256. What is verified is what is read.

A signature that covers less than the whole message, or something that a transformation made of it, is broken: who
reads the rest would read what nobody signed. SHA-1 proves nothing any more.
"""

from __future__ import annotations

import base64

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.x509.oid import NameOID
from lxml import etree
from signxml import methods
from signxml.exceptions import SignXMLException
from signxml.signer import XMLSigner
from signxml.verifier import SignatureConfiguration, VerifyResult, XMLVerifier

from shanhai.kernel.messages import gettext_noop, message
from shanhai.kernel.xml import Element
from shanhai.operations.hazards.cap.rules.prose import read_instant
from shanhai.operations.hazards.cap.rules.structure import CAP, DSIG, text_of
from shanhai.operations.hazards.cap.values import Seal, Signature

# Without comments, and of an element as it stands alone: what a parser makes of it again is the same.
_CANONICAL = "http://www.w3.org/2001/10/xml-exc-c14n#"
_METHODS = (f"{DSIG}SignatureMethod", f"{DSIG}DigestMethod")
_MOST_CERTIFICATES = 5
# What signxml, lxml and cryptography raise over signatures that are none; RuntimeError is also what is not implemented.
REFUSALS = (
    SignXMLException,
    UnsupportedAlgorithm,
    etree.LxmlError,
    ValueError,
    TypeError,
    LookupError,
    AttributeError,
    ArithmeticError,
    RuntimeError,
)


def sign(root: Element, *, key: bytes, certificate: bytes) -> Element:
    """A message with its signature at the end, by a key and a certificate in PEM.

    Raises ValueError, TypeError or SignXMLException where they cannot be used.
    """
    signer = XMLSigner(
        method=methods.enveloped,
        signature_algorithm="rsa-sha256",
        digest_algorithm="sha256",
        c14n_algorithm=_CANONICAL,
    )
    signed: Element = signer.sign(root, key=key, cert=certificate.decode())
    return signed


def verify(root: Element) -> Signature:
    """What the signature of a message is worth. Whether its certificate is that of whom it names is not said here."""
    found = root.findall(f".//{DSIG}Signature")
    if not found:
        return Signature(Seal.UNSIGNED)
    methods_used = [one.get("Algorithm") or "" for part in found for one in part.iter(*_METHODS)]
    if any("sha1" in one for one in methods_used):
        return Signature(Seal.WEAK, because=message(gettext_noop("签名用的是 SHA-1，如今可以伪造，不能当作凭据。")))
    if len(found) > 1:
        return Signature(Seal.WEAK, because=message(gettext_noop("有几个签名，这里没有验：不知道哪一个管哪一段。")))
    if found[0].getparent() is not root:
        return _broken(gettext_noop("签名不在最外层，不能证明整条信息没有被改过。"))
    certificates = [one for text in found[0].iter(f"{DSIG}X509Certificate") if (one := _certificate(text_of(text)))]
    covered, certificate = None, None
    for certificate in certificates[:_MOST_CERTIFICATES] or (None,):
        covered = _covered(root, certificate)
        if covered is not None:
            break
    if covered is None:
        return _broken(gettext_noop("内容和签名对不上：发出以后被改过，或者证书在发出时已经失效。"))
    if covered != _without_signature(root):
        return _broken(gettext_noop("签名只管其中一部分，不能证明整条信息没有被改过。"))
    if certificate is None:
        return Signature(Seal.WHOLE, because=message(gettext_noop("签名里没有证书，不知道是谁签的。")))
    names = certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)
    signer = str(names[0].value if names else certificate.subject.rfc4514_string())[:100]
    fingerprint = certificate.fingerprint(SHA256()).hex()
    text = gettext_noop("签名人“%(signer)s”，证书指纹 %(begin)s……是不是真的，请与其公布的核对。")
    return Signature(Seal.WHOLE, signer, fingerprint, message(text, signer=signer, begin=fingerprint[:16]))


def _covered(root: Element, certificate: x509.Certificate | None) -> bytes | None:
    """What the signature covers, canonical; None where it does not fit, or not with that certificate."""
    sent = read_instant(_sent(root))
    if sent is None:
        return None
    expected = SignatureConfiguration(location="./", require_x509=False, verification_time=sent)
    try:
        verified = XMLVerifier().verify(root, x509_cert=certificate, expect_config=expected)
        return _canonical(verified.signed_xml) if isinstance(verified, VerifyResult) else None
    except REFUSALS:
        return None


def _without_signature(root: Element) -> bytes:
    copy = etree.fromstring(etree.tostring(root))
    signature = copy.find(f"{DSIG}Signature")
    before, tail = signature.getprevious(), signature.tail or ""
    copy.remove(signature)
    if before is None:
        copy.text = (copy.text or "") + tail
    else:
        before.tail = (before.tail or "") + tail
    return _canonical(copy)


def _canonical(element: Element) -> bytes:
    written: bytes = etree.tostring(element, method="c14n", exclusive=True, with_comments=False)
    return written


def _certificate(text: str) -> x509.Certificate | None:
    try:
        return x509.load_der_x509_certificate(base64.b64decode("".join(text.split()), validate=True))
    except (ValueError, TypeError):
        return None


def _sent(root: Element) -> str:
    found = root.find(f"{CAP}sent")
    return text_of(found) if found is not None else ""


def _broken(said: str) -> Signature:
    return Signature(Seal.BROKEN, because=message(said))
