# SPDX-License-Identifier: Apache-2.0
from django.urls import path

from shanhai.insight.iati import views

app_name = "iati"
urlpatterns = [
    path("", views.index, name="index"),
    path("take-in", views.take_in, name="take-in"),
    path("imported/<str:uuid>/", views.imported, name="imported"),
    path("imported/<str:uuid>/file.xml", views.imported_xml, name="imported-xml"),
    path("imported/<str:uuid>/<int:position>/", views.imported_activity, name="imported-activity"),
    path("imported/<str:uuid>/<int:position>/file.xml", views.imported_xml, name="imported-activity-xml"),
    path("<str:code>/activities.xml", views.activities, name="activities"),
    path("<str:code>/organisations.xml", views.organisations, name="organisations"),
]
