# SPDX-License-Identifier: Apache-2.0
from django.urls import path

from shanhai.team.conduct.integrity.views import desk, own, trips

app_name = "integrity"
urlpatterns = [
    path("", own.home, name="home"),
    path("desk/", desk.home, name="desk"),
    path("report/", own.report, name="report"),
    path("trips/new", trips.new, name="trip-new"),
    path("trips/<str:uuid>/", trips.trip_page, name="trip"),
    path("trips/<str:uuid>/<slug:act>", trips.trip_act, name="trip-act"),
    path("declarations/<str:uuid>/", own.declaration, name="declaration"),
    path("cases/<str:uuid>/", desk.case_page, name="case"),
    path("cases/<str:uuid>/<slug:act>", desk.case_act, name="case-act"),
    path("letters/<str:uuid>/sign", own.sign, name="sign"),
    path("letters/<str:uuid>/<str:secondment>/countersign", own.countersign, name="countersign"),
]
