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
