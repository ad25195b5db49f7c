/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Lets AddressSanitizer see into pools. APR cuts allocations out of large blocks, where an overflow hits a
 * neighbour and a use after the end of the pool hits memory that is still APR's. Linked into a sanitizer
 * build, this takes the place of apr_palloc() in the program and in libapr itself: every allocation is a
 * malloc() of its own, freed with the pool. apr_psprintf() writes into APR's blocks and stays unguarded;
 * pools that APR notes subprocesses in (apr_pool_note_subprocess) need those notes after the last cleanup,
 * and must not be guarded.
 */

#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <dlfcn.h>
#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <apr_pools.h>

#undef apr_pcalloc      /* a macro over apr_palloc(); libapr has the function */

void *apr_pcalloc(apr_pool_t *pool, apr_size_t size);

#define EXPORT __attribute__((visibility("default")))
#define BUCKETS 1024

/* What a pool has allocated. */
typedef struct guarded_t {
    struct guarded_t *next;
    const apr_pool_t *pool;
    void            **blocks;
    size_t            n, size;
} guarded_t;

static guarded_t *buckets[BUCKETS];
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
/* While we register our cleanup, APR takes the memory for it from the pool: from the real one. */
static __thread int registering;

static guarded_t **place_of(const apr_pool_t *pool)
{
    guarded_t **at = &buckets[((uintptr_t)pool >> 4) % BUCKETS];

    while (*at && (*at)->pool != pool)
        at = &(*at)->next;
    return at;
}

static void *must(void *memory)
{
    if (!memory)
        abort();
    return memory;
}

static apr_status_t free_blocks(void *data)
{
    guarded_t **at, *guarded;
    size_t i;

    pthread_mutex_lock(&lock);
    at = place_of(data);
    guarded = must(*at);
    *at = guarded->next;
    pthread_mutex_unlock(&lock);
    for (i = 0; i < guarded->n; i++)
        free(guarded->blocks[i]);
    free(guarded->blocks);
    free(guarded);
    return APR_SUCCESS;
}

/* True if this is the pool's first block. */
static int keep(const apr_pool_t *pool, void *block)
{
    guarded_t **at, *guarded;
    int first;

    pthread_mutex_lock(&lock);
    at = place_of(pool);
    first = *at == NULL;
    if (first) {
        *at = must(calloc(1, sizeof(**at)));
        (*at)->pool = pool;
    }
    guarded = *at;
    if (guarded->n == guarded->size) {
        guarded->size = guarded->size ? 2 * guarded->size : 16;
        guarded->blocks = must(realloc(guarded->blocks, guarded->size * sizeof(void *)));
    }
    guarded->blocks[guarded->n++] = block;
    pthread_mutex_unlock(&lock);
    return first;
}

static void *real_palloc(apr_pool_t *pool, apr_size_t size)
{
    union {
        void *symbol;
        void *(*function)(apr_pool_t *, apr_size_t);
    } real = { .symbol = must(dlsym(RTLD_NEXT, "apr_palloc")) };

    return real.function(pool, size);
}

/* Registered before every other cleanup of the pool, since those need memory too, ours is the last to run. */
EXPORT void *apr_palloc(apr_pool_t *pool, apr_size_t size)
{
    void *block;

    if (registering)
        return real_palloc(pool, size);
    block = must(malloc(size ? size : 1));
    if (keep(pool, block)) {
        registering = 1;
        apr_pool_cleanup_register(pool, pool, free_blocks, apr_pool_cleanup_null);
        registering = 0;
    }
    return block;
}

EXPORT void *apr_pcalloc(apr_pool_t *pool, apr_size_t size)
{
    return memset(apr_palloc(pool, size), 0, size);
}
