# SPDX-License-Identifier: Apache-2.0
from django.urls import include, path

from shanhai.insight.map import views
from shanhai.insight.map.analysis.urls import urlpatterns as analysis
from shanhai.insight.map.desk.urls import urlpatterns as desk
from shanhai.insight.map.phone.urls import urlpatterns as phone
from shanhai.insight.map.screens import views as screens
from shanhai.insight.map.sheets import views as sheets
from shanhai.insight.map.tiles.views import serving, signed

app_name = "map"
urlpatterns = [
    *desk,
    path("analysis/", include(analysis)),
    path("field/", include(phone)),
    path("tiles/<slug:key>.json", serving.page_tilejson, name="tilejson"),
    path("tile/<path:address>", signed.signed, name="tile"),
    path("sheet/", sheets.choose, name="sheet"),
    path("sheet.pdf", sheets.sheet, name="sheet-pdf"),
    path("access/", views.access, name="access"),
    path("access/<slug:act>", views.act, name="access-act"),
    path("screens/", screens.screens, name="screens"),
    path("screens/<slug:act>", screens.act, name="screens-act"),
    path("screen/<str:secret>/", screens.screen, name="screen"),
    path("screen/<str:secret>/now", screens.part, name="screen-now"),
]
