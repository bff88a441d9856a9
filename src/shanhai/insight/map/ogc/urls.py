# SPDX-License-Identifier: Apache-2.0
from django.urls import path

from shanhai.insight.map.ogc.views import serving

app_name = "ogc"
urlpatterns = [
    path("", serving.landing, name="landing"),
    path("conformance", serving.conformance, name="conformance"),
    path("api", serving.api, name="api"),
    path("collections", serving.collections, name="collections"),
    path("collections/<slug:key>", serving.collection, name="collection"),
    path("styles/<slug:key>", serving.style, name="style"),
    path("collections/<slug:key>/queryables", serving.names, name="queryables"),
    path("collections/<slug:key>/items", serving.items, name="items"),
    path("collections/<slug:key>/items/<str:thing>", serving.item, name="item"),
]
