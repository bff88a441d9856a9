# SPDX-License-Identifier: Apache-2.0
from django.urls import path

from shanhai.planning.imports import views

# Mounted under the projects' address, before it: there a word in this place is a project.
app_name = "imports"
urlpatterns = [
    path("imports/", views.batch_list, name="list"),
    path("imports/<str:uuid>/", views.batch_page, name="batch"),
    path("imports/<str:uuid>/undo", views.undo, name="undo"),
]
