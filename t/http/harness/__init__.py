# SPDX-License-Identifier: Apache-2.0
"""A private httpd, private databases, a client: what the black-box tests stand on."""
