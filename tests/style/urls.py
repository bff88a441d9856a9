# SPDX-License-Identifier: Apache-2.0
from django.urls import path

from tests.style import views

urlpatterns = [
    path("style", views.style, name="style"),
    path("style/proof", views.style_proof, name="style-proof"),
]
