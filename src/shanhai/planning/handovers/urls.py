# SPDX-License-Identifier: Apache-2.0
app_name = "handovers"
urlpatterns: list[object] = []
