/* SPDX-License-Identifier: Apache-2.0 */
#include "scim_sql.h"

#include <sys/socket.h>

#include <apr_thread_proc.h>

/*
 * A client library waits for the answer of a server for as long as it takes, and apr_dbd has no other way of
 * asking. So one thread for each target looks after the connections that wait: where the answer does not come
 * in time, it shuts the socket down, and the library returns.
 */

/* A server that keeps its own limit shall be the first to say so. */
enum { GRACE = APR_USEC_PER_SEC / 2 };

struct scim_sql_watch_t {
    apr_thread_mutex_t *lock;      /* for what follows, and for `next` and `cut_at` of connections in the list */
    apr_thread_cond_t  *changed;
    apr_thread_t       *thread;
    scim_sql_conn_t    *waiting;   /* list of the connections that wait for an answer */
    apr_time_t          wakes_at;  /* when the thread looks again; 0: only when it is told to */
    int                 ending;
};

/* Cuts what is late; returns when the next one will be, 0 if none waits. */
static apr_time_t cut_late(const scim_sql_watch_t *watch)
{
    const apr_time_t now = apr_time_now();
    apr_time_t next = 0;
    scim_sql_conn_t *conn;

    for (conn = watch->waiting; conn; conn = conn->next) {
        if (conn->cut_at && conn->cut_at <= now) {
            shutdown(conn->socket, SHUT_RDWR);
            conn->cut_at = 0;
        }
        else if (conn->cut_at && (!next || conn->cut_at < next)) {
            next = conn->cut_at;
        }
    }
    return next;
}

static void *APR_THREAD_FUNC look_after(apr_thread_t *thread, void *data)
{
    scim_sql_watch_t *watch = data;

    (void)thread;
    apr_thread_mutex_lock(watch->lock);
    while (!watch->ending) {
        const apr_time_t now = apr_time_now();

        watch->wakes_at = cut_late(watch);
        if (!watch->wakes_at)
            apr_thread_cond_wait(watch->changed, watch->lock);
        else if (watch->wakes_at > now)
            apr_thread_cond_timedwait(watch->changed, watch->lock, watch->wakes_at - now);
    }
    apr_thread_mutex_unlock(watch->lock);
    return NULL;
}

static apr_status_t end_thread(void *data)
{
    scim_sql_watch_t *watch = data;
    apr_status_t rv;

    apr_thread_mutex_lock(watch->lock);
    watch->ending = 1;
    apr_thread_cond_signal(watch->changed);
    apr_thread_mutex_unlock(watch->lock);
    return apr_thread_join(&rv, watch->thread);
}

/* Made before the pool of connections: so it ends after the last of them is closed. */
apr_status_t scim_sql_watch_make(scim_sql_watch_t **out, apr_pool_t *pchild)
{
    scim_sql_watch_t *watch = apr_pcalloc(pchild, sizeof(*watch));
    apr_status_t rv = apr_thread_mutex_create(&watch->lock, APR_THREAD_MUTEX_DEFAULT, pchild);

    if (rv == APR_SUCCESS)
        rv = apr_thread_cond_create(&watch->changed, pchild);
    if (rv == APR_SUCCESS)
        rv = apr_thread_create(&watch->thread, NULL, look_after, watch, pchild);
    if (rv != APR_SUCCESS)
        return rv;
    apr_pool_cleanup_register(pchild, watch, end_thread, apr_pool_cleanup_null);
    *out = watch;
    return APR_SUCCESS;
}

void scim_sql_watch(scim_sql_conn_t *conn, apr_time_t until)
{
    scim_sql_watch_t *watch = conn->target->watch;

    conn->stop_at = until;
    if (!watch || conn->socket < 0)
        return;
    apr_thread_mutex_lock(watch->lock);
    conn->cut_at = until + GRACE;
    conn->next = watch->waiting;
    watch->waiting = conn;
    if (!watch->wakes_at || conn->cut_at < watch->wakes_at)
        apr_thread_cond_signal(watch->changed);
    apr_thread_mutex_unlock(watch->lock);
}

void scim_sql_unwatch(scim_sql_conn_t *conn)
{
    scim_sql_watch_t *watch = conn->target->watch;
    scim_sql_conn_t **at;

    conn->stop_at = 0;
    if (!watch || conn->socket < 0)
        return;
    apr_thread_mutex_lock(watch->lock);
    for (at = &watch->waiting; *at && *at != conn; at = &(*at)->next)
        ;
    if (*at)
        *at = conn->next;
    apr_thread_mutex_unlock(watch->lock);
}
