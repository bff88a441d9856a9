# SPDX-License-Identifier: Apache-2.0
from django.urls import path

from shanhai.operations.hazards.calls import views

urlpatterns = [
    path("answer/<str:token>", views.answer_by_link, name="answer"),
    path("calls/<str:uuid>/", views.call_page, name="call"),
    path("calls/<str:uuid>/answer", views.answer_for, name="answer-for"),
    path("not-sent/", views.not_sent, name="not-sent"),
    path("dispatches/<str:uuid>/again", views.send_again, name="send-again"),
]
