# SPDX-License-Identifier: Apache-2.0
"""Items of templates, and the templates that come with the product."""
