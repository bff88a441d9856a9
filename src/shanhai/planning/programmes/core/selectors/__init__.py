# SPDX-License-Identifier: Apache-2.0
"""Programmes as the viewer may see them, and the scope that a page asks for."""
