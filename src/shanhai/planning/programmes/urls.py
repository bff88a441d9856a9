# SPDX-License-Identifier: Apache-2.0
from django.urls import path

from shanhai.planning.programmes.views import groups, programmes, tasks

app_name = "programmes"
urlpatterns = [
    path("", programmes.programme_list, name="list"),
    path("tasks/<str:uuid>/report", tasks.report_task, name="task-report"),
    path("<str:code>/", programmes.programme_page, name="detail"),
    path("<str:code>/groups/", groups.group_list, name="groups"),
    path("<str:code>/groups/<str:uuid>/", groups.group_page, name="group"),
    path("<str:code>/groups/<str:uuid>/name", groups.rename_group, name="group-rename"),
    path("<str:code>/groups/<str:uuid>/members", groups.choose_members, name="group-members"),
    path("<str:code>/groups/<str:uuid>/retire", groups.retire_group, name="group-retire"),
]
