/* SPDX-License-Identifier: Apache-2.0 */
#include "bench_connection.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>
#include <openssl/err.h>

/* As much of an unwanted answer is shown. */
#define SHOWN 2000

void die(const char *fmt, ...)
{
    va_list args;

    fputs("bench_client: ", stderr);
    va_start(args, fmt);
    vfprintf(stderr, fmt, args);
    va_end(args);
    fputc('\n', stderr);
    exit(1);
}

static void die_of_tls(const char *what)
{
    die("%s: %s", what, ERR_error_string(ERR_peek_last_error(), NULL));
}

/* ---- bytes ---- */

SSL_CTX *connection_tls(const char *ca, const char *cert, const char *key)
{
    SSL_CTX *tls = SSL_CTX_new(TLS_client_method());

    if (!tls || SSL_CTX_load_verify_locations(tls, ca, NULL) != 1
        || SSL_CTX_use_certificate_file(tls, cert, SSL_FILETYPE_PEM) != 1
        || SSL_CTX_use_PrivateKey_file(tls, key, SSL_FILETYPE_PEM) != 1)
        die_of_tls("certificates");
    SSL_CTX_set_verify(tls, SSL_VERIFY_PEER, NULL);
    return tls;
}

static void shake_hands(connection_t *connection, SSL_CTX *tls)
{
    connection->ssl = SSL_new(tls);
    if (!connection->ssl || SSL_set1_host(connection->ssl, "localhost") != 1
        || SSL_set_tlsext_host_name(connection->ssl, "localhost") != 1
        || SSL_set_fd(connection->ssl, connection->fd) != 1 || SSL_connect(connection->ssl) != 1)
        die_of_tls("TLS handshake");
}

void connection_open(connection_t *connection, int port, SSL_CTX *tls)
{
    const struct sockaddr_in address = { .sin_family = AF_INET, .sin_port = htons((unsigned short)port),
                                         .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    const struct timeval patience = { .tv_sec = 120 };
    const int on = 1;

    connection->at = connection->used = 0;
    connection->ssl = NULL;
    connection->fd = socket(AF_INET, SOCK_STREAM, 0);
    if (connection->fd < 0 || connect(connection->fd, (const struct sockaddr *)&address, sizeof address) != 0)
        die("cannot connect to 127.0.0.1:%d: %s", port, strerror(errno));
    setsockopt(connection->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    setsockopt(connection->fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    if (tls)
        shake_hands(connection, tls);
}

void connection_close(connection_t *connection)
{
    if (connection->ssl) {
        SSL_shutdown(connection->ssl);
        SSL_free(connection->ssl);
    }
    close(connection->fd);
}

void connection_send(connection_t *connection, const char *text, size_t len)
{
    while (len > 0) {
        const ssize_t n = connection->ssl ? SSL_write(connection->ssl, text, (int)len)
                                          : send(connection->fd, text, len, MSG_NOSIGNAL);

        if (n <= 0)
            die("the server does not take the request any more");
        text += n;
        len -= (size_t)n;
    }
}

/* Receives more behind what is there. */
static void fill(connection_t *connection)
{
    char *end = connection->data + connection->used;
    const size_t room = sizeof connection->data - connection->used;
    const ssize_t n = connection->ssl ? SSL_read(connection->ssl, end, (int)room)
                                      : recv(connection->fd, end, room, 0);

    if (n <= 0)
        die("the server closed the connection, or was silent for two minutes, inside of an answer");
    connection->used += (size_t)n;
}

/* Something to read from at on: what is consumed makes room first. */
static void need(connection_t *connection)
{
    if (connection->at < connection->used)
        return;
    connection->at = connection->used = 0;
    fill(connection);
}

static void skip(connection_t *connection, size_t len)
{
    while (len > 0) {
        size_t n;

        need(connection);
        n = connection->used - connection->at;
        n = n < len ? n : len;
        connection->at += n;
        len -= n;
    }
}

/* ---- responses ---- */

/* Takes what ends with `end`, all of it in the buffer; *text points there, and is overwritten by what is read
 * next. */
static size_t take(connection_t *connection, const char *end, char **text)
{
    const size_t len = strlen(end);

    memmove(connection->data, connection->data + connection->at, connection->used - connection->at);
    connection->used -= connection->at;
    connection->at = 0;
    for (;;) {
        char *found = memmem(connection->data, connection->used, end, len);

        if (found) {
            connection->at = (size_t)(found - connection->data) + len;
            *text = connection->data;
            return connection->at;
        }
        if (connection->used == sizeof connection->data)
            die("an answer has more than %d bytes where its header should end", BENCH_BUFFER);
        fill(connection);
    }
}

typedef struct head_t {
    int    status;
    size_t length;
    int    chunked, closes;
} head_t;

/* The value of a header field that begins the line, or NULL. */
static const char *field(const char *line, const char *name)
{
    const size_t len = strlen(name);

    return strncasecmp(line, name, len) == 0 && line[len] == ':' ? line + len + 1 + strspn(line + len + 1, " ")
                                                                 : NULL;
}

static head_t parse_head(char *text, size_t len)
{
    head_t head = { 0 };
    char *line, *rest = NULL;
    const char *value;

    text[len - 1] = '\0';
    if (sscanf(text, "HTTP/1.1 %d", &head.status) != 1)
        die("no HTTP/1.1 answer: %.100s", text);
    for (line = strtok_r(text, "\r\n", &rest); line; line = strtok_r(NULL, "\r\n", &rest)) {
        if ((value = field(line, "Content-Length")))
            head.length = strtoul(value, NULL, 10);
        else if ((value = field(line, "Transfer-Encoding")))
            head.chunked = strncasecmp(value, "chunked", 7) == 0;
        else if ((value = field(line, "Connection")))
            head.closes = strncasecmp(value, "close", 5) == 0;
    }
    return head;
}

static size_t skip_chunks(connection_t *connection)
{
    size_t total = 0, size;
    char *line;

    do {
        take(connection, "\r\n", &line);
        size = strtoul(line, NULL, 16);
        skip(connection, size + 2);
        total += size;
    } while (size > 0);
    return total;
}

/* Shows an answer that is none of those wanted: the status, and what of the body is at hand. */
static void die_of_answer(connection_t *connection, const head_t *head)
{
    size_t n;

    if (head->chunked || head->length > 0)
        need(connection);
    n = connection->used - connection->at;
    die("the answer is %d%s: %.*s", head->status, head->closes ? " and closes the connection" : "",
        (int)(n < SHOWN ? n : SHOWN), connection->data + connection->at);
}

size_t connection_receive(connection_t *connection)
{
    char *text;
    const size_t len = take(connection, "\r\n\r\n", &text);
    const head_t head = parse_head(text, len);

    if (head.status < 200 || head.status > 299 || head.closes)
        die_of_answer(connection, &head);
    if (head.chunked)
        return skip_chunks(connection);
    skip(connection, head.length);
    return head.length;
}
