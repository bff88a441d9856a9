# SPDX-License-Identifier: Apache-2.0
from django.urls import path

from shanhai.planning.programmes.views import programmes, tasks

app_name = "programmes"
urlpatterns = [
    path("", programmes.programme_list, name="list"),
    path("tasks/<str:uuid>/report", tasks.report_task, name="task-report"),
    path("<str:code>/", programmes.programme_page, name="detail"),
]
