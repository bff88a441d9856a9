# SPDX-License-Identifier: Apache-2.0
from django.urls import path

from shanhai.field.traceability.chains import views

app_name = "chains"
urlpatterns = [
    path("", views.today, name="today"),
    path("load", views.load, name="load"),
    path("record/<str:party>/<str:product>/<slug:step>/", views.step_page, name="step"),
    path("records/<str:uuid>/", views.record_page, name="record"),
    path("records/<str:uuid>/<slug:act>", views.record_page, name="act"),
    path("findings/<str:uuid>/", views.finding_page, name="finding"),
    path("lots/", views.lot_list, name="lots"),
    path("permits/", views.permit_page, name="permits"),
    path("permits/<slug:act>", views.permit_page, name="permit-act"),
]
