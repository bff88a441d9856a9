# SPDX-License-Identifier: Apache-2.0
from django.urls import path

from shanhai.operations.hazards.desk import views

urlpatterns = [path("", views.desk, name="desk")]
