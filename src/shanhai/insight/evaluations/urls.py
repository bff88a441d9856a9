# SPDX-License-Identifier: Apache-2.0
from django.urls import path

from shanhai.insight.evaluations import views

app_name = "evaluations"
urlpatterns = [
    path("", views.evaluation_list, name="list"),
    path("templates/<str:uuid>/", views.template_page, name="template"),
    path("templates/<str:uuid>/<slug:act>", views.template_page, name="template-act"),
    path("<str:uuid>/", views.evaluation_page, name="detail"),
    path("<str:uuid>/<slug:act>", views.evaluation_page, name="act"),
]
