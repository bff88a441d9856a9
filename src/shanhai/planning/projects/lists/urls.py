# SPDX-License-Identifier: Apache-2.0
from django.urls import path

from shanhai.planning.projects.lists.views import vouchers

urlpatterns = [
    path("entries/", vouchers.voucher_list, name="entries"),
    path("entries.xlsx", vouchers.export, name="entries-export"),
]
