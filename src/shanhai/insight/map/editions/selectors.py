# SPDX-License-Identifier: Apache-2.0
"""Which layers there are for somebody."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

import structlog

from shanhai.base.database.selectors import readership_of
from shanhai.kernel.actors import Actor
from shanhai.kernel.errors import DomainError, NotVisible
from shanhai.kernel.maps import MapLayer
from shanhai.kernel.messages import gettext_noop
from shanhai.kernel.registry import registries

log = structlog.get_logger("shanhai.map")

Answer = TypeVar("Answer")
_MISSING = gettext_noop("没有找到这个图层。请从图层目录重新选。")


def list_layers(*, viewer: Actor) -> list[MapLayer]:
    """Those of which the viewer may see rows, in their order."""
    return [one for one in registries.layers if readership_of(one, viewer)]


def layer_named(key: str, *, viewer: Actor) -> MapLayer:
    """The layer of that key. Raises NotVisible."""
    layer = registries.layers.get(key)
    if layer is None:
        raise NotVisible(_MISSING)
    require_readership(layer, viewer=viewer)
    return layer


def require_readership(layer: MapLayer, *, viewer: Actor) -> str:
    """All who see the same rows of a layer as the viewer. Raises NotVisible for who sees none."""
    readership = readership_of(layer, viewer)
    if not readership:
        raise NotVisible(_MISSING)
    return readership


class LayerFailed(DomainError):
    """The app whose layer it is gives no answer."""

    code = "map.layer_failed"
    status = 503


def of_app(layer: MapLayer, act: Callable[[], Answer]) -> Answer:
    """What an app answers; where it fails, that layer is out of order and no other. Raises LayerFailed."""
    try:
        return act()
    except DomainError:
        raise
    except Exception:
        log.exception("a layer failed", layer=layer.key)
        text = gettext_noop("图层“%(layer)s”暂时读不出来。其他图层不受影响；请告诉系统管理员。")
        raise LayerFailed(text, layer=layer.label) from None
