# SPDX-License-Identifier: Apache-2.0
"""What iati offers the registries: the files taken in, as things of the trail."""

from __future__ import annotations

from shanhai.base.database.selectors import Things
from shanhai.insight.iati.models import ImportedFile

THINGS = Things(
    "iati.importedfile",
    ImportedFile.objects.visible_to,
    url=lambda one: f"/iati/imported/{one.uuid}/",
    texts=("name",),
)
