# SPDX-License-Identifier: Apache-2.0
from django.urls import path

from shanhai.insight.map.tiles.rules.matrices import NAME
from shanhai.insight.map.tiles.views import serving

app_name = "ogc-tiles"
_AT = "collections/<slug:key>/tiles"
urlpatterns = [
    path("tileMatrixSets", serving.matrix_sets, name="matrix-sets"),
    path(f"tileMatrixSets/{NAME}", serving.matrices, name="matrices"),
    path(_AT, serving.tilesets, name="tilesets"),
    path(f"{_AT}/{NAME}", serving.tileset, name="tileset"),
    path(f"{_AT}/{NAME}/tilejson", serving.tilejson, name="tilejson"),
    path(f"{_AT}/{NAME}/<str:zoom>/<str:row>/<str:column>", serving.tile, name="tile"),
]
