# SPDX-License-Identifier: Apache-2.0
"""Events: kept, found by what they name, told whether they still count."""
