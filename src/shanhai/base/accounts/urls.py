# SPDX-License-Identifier: Apache-2.0
"""Addresses of accounts. Of allauth's views only those are mounted that are used here: no sign-up, no e-mail."""

from allauth.account import views as account
from allauth.socialaccount import views as social
from django.urls import include, path

from shanhai.base.accounts import views

ours = [
    path("accounts/", views.mine, name="mine"),
    path("accounts/digest/", views.choose_digest, name="digest"),
    path("accounts/digest/stop/<str:token>/", views.stop_digest, name="digest-stop"),
    path("accounts/sessions/end/", views.sign_out_everywhere, name="sign-out-everywhere"),
    path("accounts/sessions/<uuid:uuid>/end/", views.session_end, name="session-end"),
    path("users/", views.user_list, name="user-list"),
    path("users/new/", views.user_new, name="user-new"),
    path("users/<uuid:uuid>/", views.user_detail, name="user-detail"),
    path("users/<uuid:uuid>/edit/", views.user_correct, name="user-correct"),
    path("users/<uuid:uuid>/grants/<uuid:grant>/end/", views.grant_end, name="grant-end"),
    path("users/<uuid:uuid>/deactivate/", views.user_deactivate, name="user-deactivate"),
    path("users/<uuid:uuid>/reactivate/", views.user_reactivate, name="user-reactivate"),
    path("users/<uuid:uuid>/password/", views.user_password, name="user-password"),
    path("users/<uuid:uuid>/second-factors/remove/", views.user_remove_factors, name="user-remove-factors"),
    path("users/<uuid:uuid>/erase/", views.user_erase, name="user-erase"),
]

urlpatterns = [
    path("", include((ours, "accounts"))),
    path("accounts/login/", views.sign_in, name="account_login"),
    path("accounts/logout/", account.logout, name="account_logout"),
    path("accounts/inactive/", account.account_inactive, name="account_inactive"),
    path("accounts/signup/", views.closed, name="account_signup"),
    path("accounts/password/reset/", views.how_to_reset, name="account_reset_password"),
    path("accounts/password/change/", account.password_change, name="account_change_password"),
    path("accounts/password/set/", account.password_set, name="account_set_password"),
    path("accounts/reauthenticate/", account.reauthenticate, name="account_reauthenticate"),
    path("accounts/2fa/", include("allauth.mfa.urls")),
    path("accounts/outside/", social.connections, name="socialaccount_connections"),
    path("accounts/outside/cancelled/", social.login_cancelled, name="socialaccount_login_cancelled"),
    path("accounts/outside/error/", social.login_error, name="socialaccount_login_error"),
    path("accounts/", include("allauth.socialaccount.providers.openid_connect.urls")),
]
