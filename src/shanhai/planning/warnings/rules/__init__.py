# SPDX-License-Identifier: Apache-2.0
"""The rules as data, what each looks at, and what an evaluation has to change. Values in, values out."""
