/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BENCH_CONNECTION_H
#define BENCH_CONNECTION_H

/**
 * @file bench_connection.h
 * One kept-alive HTTP/1.1 connection to 127.0.0.1, plain or TLS with a client certificate. What goes wrong
 * ends the program with a message: a measurement with errors is none.
 */

#include <stddef.h>
#include <openssl/ssl.h>

#define BENCH_BUFFER 65536

typedef struct connection_t {
    int    fd;
    SSL   *ssl;                        /* NULL: plain */
    char   data[BENCH_BUFFER];         /* received, not yet consumed: from at up to used */
    size_t at, used;
} connection_t;

/** Says what is wrong, as printf does, and ends the program. */
void die(const char *fmt, ...) __attribute__((format(printf, 1, 2), noreturn));

/** A context that shows the client's certificate and wants the server's to be one of ca for "localhost". */
SSL_CTX *connection_tls(const char *ca, const char *cert, const char *key);

/** Connects, and shakes hands where tls is not NULL. */
void connection_open(connection_t *connection, int port, SSL_CTX *tls);
void connection_close(connection_t *connection);

void connection_send(connection_t *connection, const char *text, size_t len);

/** Reads one response to its end and returns the length of its body, chunks undone. Anything but a 2xx with
 * which the connection stays open is an error. */
size_t connection_receive(connection_t *connection);

#endif
