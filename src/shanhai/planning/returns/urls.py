# SPDX-License-Identifier: Apache-2.0
from django.urls import path

from shanhai.planning.returns import views

app_name = "returns"
urlpatterns = [
    path("", views.return_list, name="list"),
    path("<str:uuid>/", views.page, name="detail"),
    path("<str:uuid>/withdraw", views.withdraw, name="withdraw"),
    path("findings/<str:uuid>/explain", views.explain, name="explain"),
]
