# SPDX-License-Identifier: Apache-2.0
from django.urls import path

from shanhai.team.conduct.topics import views

app_name = "topics"
urlpatterns = [path("", views.home, name="home")]
