/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Sends requests over kept-alive connections, each as soon as the answer to the one before is there, and
 * notes how long each took.
 *
 *   bench_client -p PORT -o FILE (-d SECONDS | -n CYCLES) [-c CONNECTIONS] [-i ITEMS] [-f FIRST] [-s STEP]
 *                [-A CA -C CERT -K KEY] REQUEST...
 *
 * A REQUEST is a file: "METHOD PATH", header fields, an empty line, the body. A cycle is all of them in their
 * order. @NUMBER@ in them becomes FIRST + STEP * cycle, @ITEM@ a line of ITEMS, the next one for each cycle;
 * cycles are counted over all connections, so that no two of them have the same number, nor the same item where
 * there are a multiple of CONNECTIONS of them.
 *
 * FILE gets the times in nanoseconds, 8 bytes each, in the machine's order. Standard output gets one line:
 * requests, seconds, bytes of bodies.
 */

#include <pthread.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "bench_connection.h"

#define MAX_REQUESTS 8
#define MAX_TEXT     16384

typedef struct request_t {
    char *head, *body;
} request_t;

typedef struct plan_t {
    int          port, connections;
    SSL_CTX     *tls;
    double       seconds;              /* 0: cycles decide */
    unsigned long cycles, first, step;
    request_t    requests[MAX_REQUESTS];
    int          nrequests;
    char       **items;
    unsigned long nitems;
    pthread_barrier_t ready;
    uint64_t     end;                  /* with seconds: no cycle begins after it */
} plan_t;

typedef struct worker_t {
    plan_t      *plan;
    int          index;
    pthread_t    thread;
    connection_t connection;
    uint64_t    *times;
    size_t       n, size;
    uint64_t     bytes, finished;
} worker_t;

static uint64_t now(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

static void *allocate(void *old, size_t size)
{
    void *memory = realloc(old, size);

    if (!memory)
        die("out of memory");
    return memory;
}

/* ---- what is asked for ---- */

static char *read_file(const char *name)
{
    FILE *file = fopen(name, "rb");
    size_t size = 0, n;
    char *text = NULL;

    if (!file)
        die("cannot open %s", name);
    do {
        text = allocate(text, size + 65537);
        n = fread(text + size, 1, 65536, file);
        size += n;
    } while (n > 0);
    text[size] = '\0';
    fclose(file);
    return text;
}

static void add_request(plan_t *plan, const char *name)
{
    char *text = read_file(name), *body = strstr(text, "\n\n");

    if (!body)
        die("%s has no empty line after its header", name);
    if (plan->nrequests == MAX_REQUESTS)
        die("more than %d requests", MAX_REQUESTS);
    *body = '\0';
    plan->requests[plan->nrequests].head = text;
    plan->requests[plan->nrequests++].body = body + 2;
}

static void read_items(plan_t *plan, const char *name)
{
    char *rest = NULL, *item, *text = read_file(name);

    for (item = strtok_r(text, "\n", &rest); item; item = strtok_r(NULL, "\n", &rest)) {
        if ((plan->nitems & (plan->nitems + 1)) == 0)
            plan->items = allocate(plan->items, (2 * plan->nitems + 2) * sizeof *plan->items);
        plan->items[plan->nitems++] = item;
    }
}

/* ---- one request ---- */

typedef struct text_t {
    char   data[MAX_TEXT];
    size_t len;
} text_t;

static void append(text_t *text, const char *data, size_t len)
{
    if (len > sizeof text->data - text->len)
        die("a request has more than %d bytes", MAX_TEXT);
    memcpy(text->data + text->len, data, len);
    text->len += len;
}

/* Appends a part of a request, its variables replaced and, in the header, each line ended as HTTP wants. */
static void expand(text_t *out, const char *in, const char *number, const char *item, int is_head)
{
    while (*in) {
        const char *stop = strpbrk(in, is_head ? "@\n" : "@");
        const size_t len = stop ? (size_t)(stop - in) : strlen(in);

        append(out, in, len);
        in += len;
        if (strncmp(in, "@NUMBER@", 8) == 0) {
            append(out, number, strlen(number));
            in += 8;
        }
        else if (strncmp(in, "@ITEM@", 6) == 0 && item) {
            append(out, item, strlen(item));
            in += 6;
        }
        else if (is_head && *in == '\n') {
            append(out, "\r\n", 2);
            in++;
        }
        else if (*in) {
            append(out, in++, 1);
        }
    }
}

/* "METHOD PATH" becomes a request line, and the header complete. */
static void make_request(text_t *text, const plan_t *plan, const request_t *request, unsigned long cycle)
{
    const char *item = plan->nitems > 0 ? plan->items[cycle % plan->nitems] : NULL;
    const char *fields = strchr(request->head, '\n');
    const size_t line = fields ? (size_t)(fields - request->head) : strlen(request->head);
    text_t body = { .len = 0 };
    char number[32], first[MAX_TEXT / 4], more[128];

    snprintf(number, sizeof number, "%lu", plan->first + plan->step * cycle);
    snprintf(first, sizeof first, "%.*s HTTP/1.1", (int)line, request->head);
    expand(&body, request->body, number, item, 0);
    snprintf(more, sizeof more, "\r\nHost: localhost:%d\r\n", plan->port);
    text->len = 0;
    expand(text, first, number, item, 1);
    if (fields)
        expand(text, fields, number, item, 1);
    append(text, more, strlen(more));
    if (body.len > 0) {
        snprintf(more, sizeof more, "Content-Length: %zu\r\n", body.len);
        append(text, more, strlen(more));
    }
    append(text, "\r\n", 2);
    append(text, body.data, body.len);
}

static void note(worker_t *worker, uint64_t time)
{
    if (worker->n == worker->size) {
        worker->size = worker->size ? 2 * worker->size : 4096;
        worker->times = allocate(worker->times, worker->size * sizeof *worker->times);
    }
    worker->times[worker->n++] = time;
}

/* ---- all of them ---- */

static int goes_on(const plan_t *plan, unsigned long cycle)
{
    return plan->seconds > 0 ? now() < plan->end : cycle < plan->cycles;
}

static void *work(void *data)
{
    worker_t *worker = data;
    plan_t *plan = worker->plan;
    unsigned long cycle;
    int i;

    connection_open(&worker->connection, plan->port, plan->tls);
    pthread_barrier_wait(&plan->ready);    /* all are connected */
    pthread_barrier_wait(&plan->ready);    /* the clock runs */
    for (cycle = (unsigned long)worker->index; goes_on(plan, cycle); cycle += (unsigned long)plan->connections)
        for (i = 0; i < plan->nrequests; i++) {
            text_t text;
            uint64_t start;

            make_request(&text, plan, &plan->requests[i], cycle);
            start = now();
            connection_send(&worker->connection, text.data, text.len);
            worker->bytes += connection_receive(&worker->connection);
            note(worker, now() - start);
        }
    worker->finished = now();
    connection_close(&worker->connection);
    return NULL;
}

static void report(const worker_t *workers, const plan_t *plan, uint64_t start, const char *name)
{
    FILE *file = fopen(name, "wb");
    uint64_t finished = start, bytes = 0;
    size_t n = 0;
    int i;

    for (i = 0; file && i < plan->connections; i++) {
        const worker_t *worker = &workers[i];

        if (fwrite(worker->times, sizeof *worker->times, worker->n, file) != worker->n)
            die("cannot write %s", name);
        n += worker->n;
        bytes += worker->bytes;
        finished = worker->finished > finished ? worker->finished : finished;
    }
    if (!file || fclose(file) != 0)
        die("cannot write %s", name);
    printf("%zu %.9f %llu\n", n, (double)(finished - start) / 1e9, (unsigned long long)bytes);
}

static void run(plan_t *plan, const char *name)
{
    worker_t *workers = calloc((size_t)plan->connections, sizeof *workers);
    uint64_t start;
    int i;

    if (!workers)
        die("out of memory");
    pthread_barrier_init(&plan->ready, NULL, (unsigned)plan->connections + 1);
    for (i = 0; i < plan->connections; i++) {
        workers[i].plan = plan;
        workers[i].index = i;
        if (pthread_create(&workers[i].thread, NULL, work, &workers[i]) != 0)
            die("cannot start a thread");
    }
    pthread_barrier_wait(&plan->ready);
    start = now();
    plan->end = start + (uint64_t)(plan->seconds * 1e9);
    pthread_barrier_wait(&plan->ready);
    for (i = 0; i < plan->connections; i++)
        pthread_join(workers[i].thread, NULL);
    report(workers, plan, start, name);
}

int main(int argc, char **argv)
{
    static plan_t plan = { .connections = 1, .step = 1 };
    const char *output = NULL, *items = NULL, *ca = NULL, *cert = NULL, *key = NULL;
    int option;

    while ((option = getopt(argc, argv, "p:o:d:n:c:i:f:s:A:C:K:")) != -1)
        switch (option) {
        case 'p': plan.port = atoi(optarg); break;
        case 'o': output = optarg; break;
        case 'd': plan.seconds = atof(optarg); break;
        case 'n': plan.cycles = strtoul(optarg, NULL, 10); break;
        case 'c': plan.connections = atoi(optarg); break;
        case 'i': items = optarg; break;
        case 'f': plan.first = strtoul(optarg, NULL, 10); break;
        case 's': plan.step = strtoul(optarg, NULL, 10); break;
        case 'A': ca = optarg; break;
        case 'C': cert = optarg; break;
        case 'K': key = optarg; break;
        default: die("see the head of bench_client.c");
        }
    for (; optind < argc; optind++)
        add_request(&plan, argv[optind]);
    if (!plan.port || !output || plan.nrequests == 0 || plan.connections < 1
        || (plan.seconds <= 0 && plan.cycles == 0))
        die("see the head of bench_client.c");
    if (items)
        read_items(&plan, items);
    if (ca && cert && key)
        plan.tls = connection_tls(ca, cert, key);
    signal(SIGPIPE, SIG_IGN);
    run(&plan, output);
    return 0;
}
