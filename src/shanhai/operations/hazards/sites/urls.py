# SPDX-License-Identifier: Apache-2.0
from django.urls import path

from shanhai.operations.hazards.sites.views import lists, points, sites, thresholds

urlpatterns = [
    path("sites/", lists.site_list, name="sites"),
    path("sites/sites.xlsx", lists.site_table, name="sites-table"),
    path("sites/new", sites.site_new, name="site-new"),
    path("sites/<slug:code>/", sites.site_page, name="site"),
    path("sites/<slug:code>/edit", sites.site_edit, name="site-edit"),
    path("sites/<slug:code>/chain", sites.site_chain, name="site-chain"),
    path("sites/<slug:code>/points", points.point_new, name="point-new"),
    path("sites/<slug:code>/thresholds/", thresholds.threshold_list, name="thresholds"),
    path("sites/<slug:code>/thresholds/new", thresholds.threshold_new, name="thresholds-new"),
    path("sites/<slug:code>/thresholds/references", thresholds.threshold_references, name="thresholds-references"),
    path("thresholds/<str:uuid>/", thresholds.threshold_page, name="thresholds-one"),
    path("thresholds/<str:uuid>/<slug:act>", thresholds.threshold_act, name="thresholds-act"),
    path("sites/<slug:code>/<slug:act>", sites.site_act, name="site-act"),
    path("points/<str:uuid>/", points.point_page, name="point"),
    path("points/<str:uuid>/<slug:act>", points.point_act, name="point-act"),
]
