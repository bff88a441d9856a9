# SPDX-License-Identifier: Apache-2.0
"""What sites offer the registries: a layer of the map."""

from __future__ import annotations

import shapely

from shanhai.base.maps import Layer
from shanhai.kernel.maps import MapField
from shanhai.kernel.messages import gettext_noop, message
from shanhai.operations.hazards.labels import KINDS, SITE_STATES
from shanhai.operations.hazards.models import HazardSite
from shanhai.operations.hazards.permissions import HazardPermission

LAYER = Layer(
    "hazard-sites",
    message(gettext_noop("灾害隐患点")),
    "MultiPolygon",
    HazardSite.objects.visible_to,
    lambda one: shapely.MultiPolygon([shapely.geometry.shape(one.outline)]),
    (
        (MapField("name", message(gettext_noop("名称"))), lambda one: one.name),
        (MapField("kind", message(gettext_noop("类别")), words=KINDS), lambda one: one.kind),
        (
            MapField(
                "state", message(gettext_noop("状态")), words={key: words for key, (_, words) in SITE_STATES.items()}
            ),
            lambda one: one.state,
        ),
        (MapField("place", message(gettext_noop("区划代码"))), lambda one: one.place),
        (MapField("households", message(gettext_noop("威胁户数")), "integer"), lambda one: one.households),
        (MapField("people", message(gettext_noop("威胁人数")), "integer"), lambda one: one.people),
        (MapField("provenance", message(gettext_noop("来源"))), lambda one: one.provenance),
    ),
    permission=HazardPermission.VIEW.value,
    thing="hazards.hazardsite",
    order=200,
    by="code",
    mark="▲",
    toned="state",
    tones={key: tone for key, (tone, _) in SITE_STATES.items()},
)
