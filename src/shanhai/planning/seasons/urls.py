# SPDX-License-Identifier: Apache-2.0
app_name = "seasons"
urlpatterns: list[object] = []
