# SPDX-License-Identifier: Apache-2.0
from django.urls import path

from shanhai.base.jobs import views

app_name = "jobs"
urlpatterns = [
    path("", views.job_list, name="list"),
    path("<str:uuid>/", views.job_page, name="detail"),
]
