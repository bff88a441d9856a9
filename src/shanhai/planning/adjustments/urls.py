# SPDX-License-Identifier: Apache-2.0
app_name = "adjustments"
urlpatterns: list[object] = []
