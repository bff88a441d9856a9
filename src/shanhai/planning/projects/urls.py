# SPDX-License-Identifier: Apache-2.0
from django.urls import path

from shanhai.planning.projects import views

app_name = "projects"
urlpatterns = [
    path("", views.project_list, name="list"),
    path("import-template.xlsx", views.import_template, name="import-template"),
    path("<str:uuid>/", views.project_page, name="detail"),
    path("<str:uuid>/move", views.move, name="move"),
    path("<str:uuid>/vouchers", views.record_voucher, name="voucher"),
]
