/* SPDX-License-Identifier: Apache-2.0 */
#include "scim_respool.h"

#include <apr_strings.h>
#include <apr_thread_cond.h>
#include <apr_thread_mutex.h>

#include "scim_error.h"

/*
 * Not apr_reslist: that one runs constructor and destructor with its lock held, so that while one thread
 * waits for a dead backend to answer, every other one waits for the lock, without a deadline and even to give
 * a connection back. Here the lock is held to look at the slots, never while a connection is opened, tested
 * or closed.
 */

typedef struct slot_t {
    void       *res;          /* NULL: nothing connected */
    apr_pool_t *p;            /* of the connection */
    apr_time_t  since;        /* idle since then */
    unsigned    busy:1;       /* some thread has it: only that one changes res and p */
} slot_t;

struct scim_respool_t {
    scim_pool_limits_t  limits;
    scim_res_open_fn    open;
    scim_res_close_fn   close;
    scim_res_check_fn   check;
    void               *baton;
    apr_pool_t         *root;     /* parent of the connections' pools; its allocator has a lock */
    apr_thread_mutex_t *lock;     /* for what follows */
    apr_thread_cond_t  *freed;    /* a slot is no longer busy */
    slot_t             *slots;    /* limits.max of them */
    apr_time_t          retry_at; /* 0: the last connect went well; else none is tried before */
};

static void close_slot(scim_respool_t *pool, slot_t *slot)
{
    apr_pool_t *p = slot->p;
    void *res = slot->res;

    apr_thread_mutex_lock(pool->lock);
    slot->res = NULL;
    slot->p = NULL;
    apr_thread_mutex_unlock(pool->lock);
    pool->close(res, pool->baton);
    apr_pool_destroy(p);
}

/* No thread is left that could have a connection. */
static apr_status_t close_all(void *baton)
{
    scim_respool_t *pool = baton;
    int i;

    for (i = 0; i < pool->limits.max; i++) {
        if (pool->slots[i].res)
            close_slot(pool, &pool->slots[i]);
    }
    apr_pool_destroy(pool->root);
    return APR_SUCCESS;
}

/*
 * The connections' pools are no subpools of pchild: APR destroys those before it runs the cleanups of pchild.
 * So a request that ends with the process (prefork has its pool in pchild) gives its connection back first,
 * and each connection is closed once, with its pool still there.
 */
apr_status_t scim_respool_make(scim_respool_t **out, const scim_pool_limits_t *limits, int threads,
                               scim_res_open_fn open, scim_res_close_fn close, scim_res_check_fn check,
                               void *baton, apr_pool_t *pchild)
{
    scim_respool_t *pool = apr_pcalloc(pchild, sizeof(*pool));
    apr_status_t rv;

    pool->limits = *limits;
    if (pool->limits.max <= 0)
        pool->limits.max = threads > 1 ? threads / 2 : 1;
    pool->open = open;
    pool->close = close;
    pool->check = check;
    pool->baton = baton;
    pool->slots = apr_pcalloc(pchild, (apr_size_t)pool->limits.max * sizeof(slot_t));
    rv = apr_thread_mutex_create(&pool->lock, APR_THREAD_MUTEX_DEFAULT, pchild);
    if (rv == APR_SUCCESS)
        rv = apr_thread_cond_create(&pool->freed, pchild);
    if (rv == APR_SUCCESS)
        rv = apr_pool_create_ex(&pool->root, NULL, apr_pool_abort_get(pchild), NULL);
    if (rv != APR_SUCCESS)
        return rv;
    apr_pool_tag(pool->root, "scim_respool");
    apr_pool_cleanup_register(pchild, pool, close_all, apr_pool_cleanup_null);
    *out = pool;
    return APR_SUCCESS;
}

/* A free slot: the connection that was used last, so that the others grow old; else one without a connection.
 * NULL if all are busy. */
static slot_t *choose(const scim_respool_t *pool)
{
    slot_t *best = NULL;
    int i;

    for (i = 0; i < pool->limits.max; i++) {
        slot_t *slot = &pool->slots[i];

        if (!slot->busy && (!best || (slot->res && (!best->res || slot->since > best->since))))
            best = slot;
    }
    return best;
}

/* limits.acquire from now, or less if the deadline of the call is sooner. */
static apr_time_t wait_until(const scim_respool_t *pool, const scim_ctx_t *ctx)
{
    const apr_interval_time_t left = ctx->deadline - ctx->host->now(ctx->host->baton);

    return apr_time_now() + (left < pool->limits.acquire ? left : pool->limits.acquire);
}

/* NULL if none got free in time. */
static slot_t *take(scim_respool_t *pool, const scim_ctx_t *ctx)
{
    const apr_time_t until = wait_until(pool, ctx);
    apr_interval_time_t left;
    slot_t *slot;

    apr_thread_mutex_lock(pool->lock);
    /* Another thread may be faster than the one that was woken: until it is late, wait again. */
    while ((slot = choose(pool)) == NULL && (left = until - apr_time_now()) > 0)
        apr_thread_cond_timedwait(pool->freed, pool->lock, left);
    if (slot)
        slot->busy = 1;
    apr_thread_mutex_unlock(pool->lock);
    return slot;
}

static void give_back(scim_respool_t *pool, slot_t *slot)
{
    apr_thread_mutex_lock(pool->lock);
    slot->busy = 0;
    slot->since = apr_time_now();
    apr_thread_cond_signal(pool->freed);
    apr_thread_mutex_unlock(pool->lock);
}

/* The connection that is idle for longest, if it is older than limits.ttl and not one of the limits.min to
 * keep. */
static slot_t *take_expired(scim_respool_t *pool)
{
    slot_t *oldest = NULL;
    int i, connected = 0;

    if (pool->limits.ttl <= 0)
        return NULL;
    apr_thread_mutex_lock(pool->lock);
    for (i = 0; i < pool->limits.max; i++) {
        slot_t *slot = &pool->slots[i];

        connected += slot->res != NULL;
        if (slot->res && !slot->busy && (!oldest || slot->since < oldest->since))
            oldest = slot;
    }
    if (oldest && (connected <= pool->limits.min || apr_time_now() - oldest->since < pool->limits.ttl))
        oldest = NULL;
    if (oldest)
        oldest->busy = 1;
    apr_thread_mutex_unlock(pool->lock);
    return oldest;
}

static void close_expired(scim_respool_t *pool)
{
    slot_t *slot;

    while ((slot = take_expired(pool)) != NULL) {
        close_slot(pool, slot);
        give_back(pool, slot);
    }
}

static int seconds(apr_interval_time_t interval)
{
    return interval > APR_USEC_PER_SEC ? (int)((interval + APR_USEC_PER_SEC - 1) / APR_USEC_PER_SEC) : 1;
}

/* May this thread connect? After a failure one thread tries when the pause is over; the others are refused
 * until it knows. Returns what is left of the pause, 0 for yes. */
static apr_interval_time_t paused(scim_respool_t *pool)
{
    const apr_time_t now = apr_time_now();
    apr_interval_time_t left = 0;

    apr_thread_mutex_lock(pool->lock);
    if (pool->retry_at > now)
        left = pool->retry_at - now;
    else if (pool->retry_at)
        pool->retry_at = now + pool->limits.retry;
    apr_thread_mutex_unlock(pool->lock);
    return left;
}

/* A client that went away says nothing about the backend: the next one may try. */
static void remember(scim_respool_t *pool, const scim_err_t *err)
{
    apr_thread_mutex_lock(pool->lock);
    if (!err)
        pool->retry_at = 0;
    else if (err->kind != SCIM_E_ABORTED)
        pool->retry_at = apr_time_now() + pool->limits.retry;
    else if (pool->retry_at)
        pool->retry_at = apr_time_now();
    apr_thread_mutex_unlock(pool->lock);
}

/* The error of open() lives in the pool of the connection that there is not. */
static scim_err_t *copy(const scim_err_t *err, apr_pool_t *p)
{
    scim_err_t *first = NULL, *last = NULL;

    for (; err; err = err->prev) {
        scim_err_t *same = apr_pmemdup(p, err, sizeof(*err));

        same->detail = apr_pstrdup(p, err->detail);
        same->log = apr_pstrdup(p, err->log);
        if (last)
            last->prev = same;
        else
            first = same;
        last = same;
    }
    return first;
}

static scim_err_t *open_slot(scim_respool_t *pool, slot_t *slot, const scim_ctx_t *ctx, apr_pool_t *p)
{
    const apr_interval_time_t left = paused(pool);
    apr_pool_t *own;
    void *res;
    scim_err_t *err;

    if (left) {
        err = scim_err(p, SCIM_E_UNAVAILABLE,
                       "the system behind this service could not be reached a moment ago");
        err->retry_after = seconds(left);
        return scim_err_log(err, p, APR_SUCCESS, "connecting failed; not tried again for %d s",
                            err->retry_after);
    }
    apr_pool_create(&own, pool->root);
    err = pool->open(&res, pool->baton, ctx, own);
    remember(pool, err);
    if (err) {
        err = copy(err, p);
        apr_pool_destroy(own);
        if (err->kind == SCIM_E_UNAVAILABLE && !err->retry_after)
            err->retry_after = seconds(pool->limits.retry);
        return err;
    }
    apr_thread_mutex_lock(pool->lock);
    slot->res = res;
    slot->p = own;
    apr_thread_mutex_unlock(pool->lock);
    return NULL;
}

scim_err_t *scim_respool_acquire(void **res, scim_respool_t *pool, const scim_ctx_t *ctx, apr_pool_t *p)
{
    scim_err_t *err = NULL;
    slot_t *slot;

    close_expired(pool);
    slot = take(pool, ctx);
    if (!slot) {
        err = scim_err(p, SCIM_E_UNAVAILABLE,
                       "too many requests for the system behind this service; try again");
        err->retry_after = 1;
        return scim_err_log(err, p, APR_SUCCESS, "all %d connections are in use", pool->limits.max);
    }
    /* One that was not good is replaced, not followed by the next that may not be good either: one wait, not
     * many. */
    if (slot->res && !pool->check(slot->res, pool->baton, apr_time_now() - slot->since))
        close_slot(pool, slot);
    if (!slot->res)
        err = open_slot(pool, slot, ctx, p);
    if (err)
        give_back(pool, slot);
    else
        *res = slot->res;
    return err;
}

static slot_t *slot_of(scim_respool_t *pool, const void *res)
{
    slot_t *slot = NULL;
    int i;

    apr_thread_mutex_lock(pool->lock);
    for (i = 0; i < pool->limits.max && !slot; i++) {
        if (pool->slots[i].busy && pool->slots[i].res == res)
            slot = &pool->slots[i];
    }
    apr_thread_mutex_unlock(pool->lock);
    return slot;
}

void scim_respool_release(scim_respool_t *pool, void *res, int broken)
{
    slot_t *slot = slot_of(pool, res);

    if (!slot)      /* never acquired, or released before */
        return;
    if (broken)
        close_slot(pool, slot);
    give_back(pool, slot);
    close_expired(pool);
}
