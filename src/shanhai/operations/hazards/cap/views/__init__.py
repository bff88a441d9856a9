# SPDX-License-Identifier: Apache-2.0
"""Alerts for everybody: the feeds and files of CAP for programs, the pages for people."""
