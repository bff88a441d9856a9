# SPDX-License-Identifier: Apache-2.0
from django.urls import path

from shanhai.planning.programmes import views

app_name = "programmes"
urlpatterns = [
    path("", views.programme_list, name="list"),
    path("tasks/<str:uuid>/report", views.report_task, name="task-report"),
    path("<str:code>/", views.programme_page, name="detail"),
]
