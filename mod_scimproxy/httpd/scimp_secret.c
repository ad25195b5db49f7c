/* SPDX-License-Identifier: Apache-2.0 */
#include "scimp_secret.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <apr_file_io.h>
#include <apr_strings.h>
#include <apr_thread_proc.h>

#define MAX_SECRET 4096
#define RUN_TIME   (5 * APR_USEC_PER_SEC)

scimp_secret_kind_t scimp_secret_kind(const char *value, const char **rest)
{
    static const struct {
        const char         *prefix;
        scimp_secret_kind_t kind;
    } kinds[] = {
        { "exec:", SCIMP_SECRET_EXEC }, { "file:", SCIMP_SECRET_FILE }, { "env:", SCIMP_SECRET_ENV }
    };
    size_t i;

    for (i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (strncmp(value, kinds[i].prefix, strlen(kinds[i].prefix)) == 0) {
            *rest = value + strlen(kinds[i].prefix);
            return kinds[i].kind;
        }
    *rest = value;
    return SCIMP_SECRET_LITERAL;
}

/* Only root can change what is found under the name: it belongs to root, and others may not write it, or, in
 * a directory, may not replace what is in it (sticky). */
static int only_root_writes(const struct stat *st)
{
    return st->st_uid == 0
           && ((st->st_mode & (S_IWGRP | S_IWOTH)) == 0 || (S_ISDIR(st->st_mode) && (st->st_mode & S_ISVTX)));
}

/* *program is the path without symbolic links, in p: the one that was checked, and so the one to run, since
 * a link may stand where others can change it. */
static const char *check_program(const char **program, const char *path, apr_pool_t *p)
{
    char *real = realpath(path, NULL);
    char *up, *slash;
    struct stat st;

    if (!real || stat(real, &st) != 0) {
        free(real);
        return apr_psprintf(p, "the program %s does not exist", path);
    }
    *program = apr_pstrdup(p, real);
    up = apr_pstrdup(p, real);
    free(real);
    if (!S_ISREG(st.st_mode) || (st.st_mode & S_IXUSR) == 0)
        return apr_psprintf(p, "%s is not an executable file", path);
    while (only_root_writes(&st)) {
        slash = strrchr(up, '/');
        if (!slash || strcmp(up, "/") == 0)
            return NULL;
        slash[slash == up] = '\0';
        if (stat(up, &st) != 0)
            return apr_psprintf(p, "%s cannot be looked at", up);
    }
    return apr_psprintf(p, "%s must belong to root and be writable by root alone, for %s is to run", up,
                        path);
}

const char *scimp_secret_check(scimp_secret_kind_t kind, const char *rest, apr_pool_t *p)
{
    const char *program;
    struct stat st;

    if (kind == SCIMP_SECRET_LITERAL)
        return NULL;
    if (kind == SCIMP_SECRET_ENV)
        return *rest ? NULL : "env: wants the name of an environment variable, as env:HR_PASSWORD";
    if (*rest != '/')
        return apr_psprintf(p, "%s wants an absolute path", kind == SCIMP_SECRET_EXEC ? "exec:" : "file:");
    if (kind == SCIMP_SECRET_EXEC)
        return check_program(&program, rest, p);
    if (stat(rest, &st) != 0 || !S_ISREG(st.st_mode))
        return apr_psprintf(p, "the file %s does not exist", rest);
    return NULL;
}

/* Reads up to the end. NULL, or what went wrong; *text is in p. */
static const char *read_all(const char **text, apr_file_t *file, apr_time_t deadline, apr_pool_t *p)
{
    char buffer[MAX_SECRET + 1];
    apr_size_t have = 0, len;
    apr_status_t rv = APR_SUCCESS;

    while (rv == APR_SUCCESS && have < sizeof buffer) {
        if (deadline != 0) {
            apr_interval_time_t left = deadline - apr_time_now();

            apr_file_pipe_timeout_set(file, left > 0 ? left : 0);
        }
        len = sizeof buffer - have;
        rv = apr_file_read(file, buffer + have, &len);
        if (rv == APR_SUCCESS)
            have += len;
    }
    if (rv != APR_EOF)
        return rv == APR_SUCCESS ? "it is longer than 4 KiB"
               : deadline != 0   ? "it took longer than 5 seconds"
                                 : "it cannot be read";
    if (have > 0 && buffer[have - 1] == '\n')
        have--;
    if (have > 0 && buffer[have - 1] == '\r')
        have--;
    if (memchr(buffer, '\0', have))
        return "it contains a NUL";
    *text = apr_pstrmemdup(p, buffer, have);
    return NULL;
}

static const char *get_file(const char **secret, const char *path, apr_pool_t *p, apr_pool_t *ptemp)
{
    apr_file_t *file;
    apr_status_t rv = apr_file_open(&file, path, APR_FOPEN_READ, APR_FPROT_OS_DEFAULT, ptemp);
    const char *problem;
    char reason[80];

    if (rv != APR_SUCCESS)
        return apr_psprintf(ptemp, "the file %s cannot be opened: %s", path,
                            apr_strerror(rv, reason, sizeof reason));
    problem = read_all(secret, file, 0, p);
    apr_file_close(file);
    return problem ? apr_psprintf(ptemp, "the file %s: %s", path, problem) : NULL;
}

/*
 * Starts the program with its output in a pipe. A second pipe is open in it for nothing but to be closed when
 * it ends: waiting for that has a deadline, which waiting for a process has not.
 */
static apr_status_t start(apr_proc_t *proc, apr_file_t **life, const char *program, const char *path,
                          apr_pool_t *ptemp)
{
    static const char *const environment[] = { "PATH=/usr/sbin:/usr/bin:/sbin:/bin", NULL };
    const char *const argv[] = { path, NULL };
    apr_procattr_t *attr;
    apr_file_t *null, *held;
    apr_status_t rv;

    if ((rv = apr_procattr_create(&attr, ptemp)) != APR_SUCCESS
        || (rv = apr_procattr_io_set(attr, APR_NO_PIPE, APR_CHILD_BLOCK, APR_NO_PIPE)) != APR_SUCCESS
        || (rv = apr_procattr_cmdtype_set(attr, APR_PROGRAM)) != APR_SUCCESS
        || (rv = apr_file_open(&null, "/dev/null", APR_FOPEN_READ, APR_FPROT_OS_DEFAULT, ptemp))
               != APR_SUCCESS
        || (rv = apr_procattr_child_in_set(attr, null, NULL)) != APR_SUCCESS
        || (rv = apr_file_pipe_create_ex(life, &held, APR_WRITE_BLOCK, ptemp)) != APR_SUCCESS
        || (rv = apr_file_inherit_set(held)) != APR_SUCCESS)
        return rv;
    rv = apr_proc_create(proc, program, argv, environment, attr, ptemp);
    apr_file_close(held);
    return rv;
}

static const char *get_output(const char **secret, const char *path, apr_pool_t *p, apr_pool_t *ptemp)
{
    const apr_time_t deadline = apr_time_now() + RUN_TIME;
    const char *program, *nothing, *problem = check_program(&program, path, ptemp);
    apr_exit_why_e why;
    apr_file_t *life;
    apr_proc_t proc;
    int code = 0;
    apr_status_t rv;
    char reason[80];

    if (problem)
        return problem;
    if ((rv = start(&proc, &life, program, path, ptemp)) != APR_SUCCESS)
        return apr_psprintf(ptemp, "%s cannot be run: %s", path, apr_strerror(rv, reason, sizeof reason));
    problem = read_all(secret, proc.out, deadline, p);
    if (!problem)
        problem = read_all(&nothing, life, deadline, ptemp);
    if (problem)
        apr_proc_kill(&proc, SIGKILL);
    apr_proc_wait(&proc, &code, &why, APR_WAIT);
    apr_file_close(proc.out);
    apr_file_close(life);
    if (!problem && (!APR_PROC_CHECK_EXIT(why) || code != 0))
        problem = apr_psprintf(ptemp, "it failed (%s %d)",
                               APR_PROC_CHECK_EXIT(why) ? "exit status" : "signal", code);
    return problem ? apr_psprintf(ptemp, "%s: %s", path, problem) : NULL;
}

const char *scimp_secret_get(const char **secret, scimp_secret_kind_t kind, const char *rest, apr_pool_t *p,
                             apr_pool_t *ptemp)
{
    const char *problem = scimp_secret_check(kind, rest, ptemp);

    if (problem)
        return problem;
    switch (kind) {
    case SCIMP_SECRET_EXEC:
        return get_output(secret, rest, p, ptemp);
    case SCIMP_SECRET_FILE:
        return get_file(secret, rest, p, ptemp);
    case SCIMP_SECRET_ENV:
        *secret = getenv(rest);
        if (!*secret)
            return apr_psprintf(ptemp, "there is no environment variable %s", rest);
        *secret = apr_pstrdup(p, *secret);
        return NULL;
    default:
        *secret = apr_pstrdup(p, rest);
        return NULL;
    }
}
