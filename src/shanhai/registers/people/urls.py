# SPDX-License-Identifier: Apache-2.0
from django.urls import path

from shanhai.registers.people import views

app_name = "people"
urlpatterns = [
    path("", views.person_list, name="list"),
    path("new", views.new_person, name="new"),
    path("<str:uuid>/", views.person_page, name="detail"),
    path("<str:uuid>/correct", views.correct, name="correct"),
    path("<str:uuid>/end", views.end, name="end"),
    path("<str:uuid>/erase", views.erase, name="erase"),
]
