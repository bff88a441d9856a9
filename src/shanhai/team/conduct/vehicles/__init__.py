# SPDX-License-Identifier: Apache-2.0
"""Vehicles: asked for, given by the desk, out, returned; what is unlikely about a drive."""
