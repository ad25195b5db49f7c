# SPDX-License-Identifier: Apache-2.0
"""Looks at one answer to each request of a scenario before anything is measured: fast and wrong is no result."""
import http.client
import json
import ssl


def _connection(endpoint):
    if not endpoint.certificates:
        return http.client.HTTPConnection("127.0.0.1", endpoint.port, timeout=120)
    context = ssl.create_default_context(cafile=str(endpoint.certificates.ca))
    context.load_cert_chain(endpoint.certificates.client, endpoint.certificates.client_key)
    return http.client.HTTPSConnection("localhost", endpoint.port, timeout=120, context=context)


def _exchange(endpoint, request):
    """The answer's status and body to a request as bench_client takes it."""
    head, body = request.split("\n\n", 1)
    first, *fields = head.split("\n")
    method, path = first.split(" ", 1)
    connection = _connection(endpoint)
    try:
        connection.request(method, path, body.encode() or None, dict(f.split(": ", 1) for f in fields))
        response = connection.getresponse()
        return response.status, response.read()
    finally:
        connection.close()


def probe(driver, endpoint, scenario):
    """Ends the run where an answer is not what the scenario wants."""
    number = str(driver.numbers(1) if scenario.first is None else scenario.first)
    for request in scenario.requests:
        request = request.replace("@NUMBER@", number).replace("@ITEM@", scenario.items[0] if scenario.items else "")
        status, body = _exchange(endpoint, request)
        if not 200 <= status <= 299 or not scenario.check(json.loads(body) if body else None):
            raise SystemExit(f"{scenario.name}: {request.splitlines()[0]}: {status} {body[:2000].decode('utf-8', 'replace')}")
