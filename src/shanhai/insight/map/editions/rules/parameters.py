# SPDX-License-Identifier: Apache-2.0
"""The parameters that an address knows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from shanhai.kernel.errors import BadInput
from shanhai.kernel.messages import gettext_noop


def check_known(given: Mapping[str, str], known: Sequence[str], format: str = "json") -> None:
    """Raise BadInput for a parameter that an address does not know; each knows ``f``, with the one format."""
    for name in given:
        if name not in (*known, "f"):
            text = gettext_noop("这里没有参数“%(name)s”。可以用的有：%(known)s。")
            said = {"name": name[:60], "known": (*known, "f")}
            raise BadInput(text, "map.parameter_unknown", field=name[:60], **said)
    if given.get("f", format) != format:
        raise BadInput(gettext_noop("f 只能是 %(only)s。"), "map.parameter_fixed", field="f", only=format)
