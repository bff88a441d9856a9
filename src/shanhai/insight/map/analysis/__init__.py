# SPDX-License-Identifier: Apache-2.0
"""A shape that somebody gives, and what lies in it, near it, at which altitude."""
