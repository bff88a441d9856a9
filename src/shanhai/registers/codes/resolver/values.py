# SPDX-License-Identifier: Apache-2.0
"""What is known of where a code leads."""

from __future__ import annotations

from dataclasses import dataclass

from shanhai.kernel.codes import CodeLink
from shanhai.kernel.messages import Message
from shanhai.registers.codes.keys.values import Identifier

LINKSET = "application/linkset+json"
# Words of GS1 for links; those that people choose from have a name in ``labels``.
VOCABULARY = "https://gs1.org/voc/"
DEFAULT, DEFAULT_MULTI = "defaultLink", "defaultLinkMulti"
CONTEXT = "https://ref.gs1.org/standards/resolver/linkset-context"
# Primary keys of GS1, and the words for them of an earlier edition, which are told what to write instead.
_KEYS = "00|01|253|255|401|402|414|415|417|8003|8004|8006|8010|8013|8017|8018"
_WORDS = "gtin|itip|gmn|cpid|gln|payto|partygln|gsrnp|gsrn|gcn|sscc|gdti|ginc|gsin|grai|giai"
# The addresses of codes that are not compressed.
IN_FULL = rf"^(?:{_KEYS}|{_WORDS}|[xX])/."


@dataclass(frozen=True, slots=True)
class Level:
    """A level of a code, from the finest to its key: the path, and the links set there, the viewer's first."""

    anchor: str
    links: tuple[CodeLink, ...]


@dataclass(frozen=True, slots=True)
class Found:
    """A code that is known here: what stands behind it, its levels, ``state`` and holder of one that was given out.

    ``address`` is its canonical address, ``description`` its name.
    """

    identifier: Identifier
    address: str
    description: Message | str
    levels: tuple[Level, ...]
    state: str = ""
    issuer: str = ""
    covered: bool = False
