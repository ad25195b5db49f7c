# SPDX-License-Identifier: Apache-2.0
"""Queries that are longer than httpd's default allows: limits of our own hold."""
from test_bad_input import timely


def test_filters_in_long_urls(own_directory):
    """Ten thousand terms, where httpd lets a URL of that length pass."""
    place = own_directory(extra="LimitRequestLine 1000000\n")
    scim = place.client()
    scim.create_user()
    for text in (" or ".join(f'userName eq "u{n}"' for n in range(10000)), "(" * 100000 + "title pr" + ")" * 100000, "not (" * 50000,
                 " and ".join(["title pr"] * 10000),
                 "emails[" * 50000, '"' * 100000, 'title eq "' + "x" * 500000, "a." * 200000, " " * 200000 + "title"):
        timely(scim.get, "/Users", filter=text).error(400, "invalidFilter")
    timely(scim.get, "/Users", attributes=",".join(f"a{n}" for n in range(50000))).ok()
    timely(scim.get, "/Users", excludedAttributes="," * 300000).ok()
    timely(scim.get, "/Users", sortBy="a." * 100000).error(400, "invalidPath")
    timely(scim.get, "/Users", count="9" * 200000).ok()
    timely(scim.get, "/Users/" + "x" * 500000).error(404)
    scim.close()
