# SPDX-License-Identifier: Apache-2.0
from django.urls import path

from shanhai.registers.documents import views

app_name = "documents"
urlpatterns = [
    path("<str:uuid>/", views.download, name="download"),
    path("proofs/<str:uuid>/withdraw", views.withdraw, name="withdraw"),
]
