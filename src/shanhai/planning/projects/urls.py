# SPDX-License-Identifier: Apache-2.0
from django.urls import path

from shanhai.planning.projects.views import lists, pages

app_name = "projects"
urlpatterns = [
    path("", lists.project_list, name="list"),
    path("import-template.xlsx", lists.import_template, name="import-template"),
    path("<str:uuid>/", pages.project_page, name="detail"),
    path("<str:uuid>/move", pages.move, name="move"),
    path("<str:uuid>/vouchers", pages.record_voucher, name="voucher"),
]
