# SPDX-License-Identifier: Apache-2.0
"""Documents of EPCIS: read, checked, hashed."""
