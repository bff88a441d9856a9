# SPDX-License-Identifier: Apache-2.0
"""Honours: kinds, nominations, what stands against them, public notice, register, certificate."""
