/* SPDX-License-Identifier: Apache-2.0 */
#include "map_function.h"

#include <crypt.h>

#include <apr_strings.h>
#include <string.h>

#include <apr_general.h>

#include "map_value.h"

/* bcrypt looks at no more bytes of a password; a longer one would be cut without a word. */
enum { MAX_PASSWORD = 72, SALT = 16, MIN_COST = 4, DEFAULT_COST = 12, MAX_COST = 16 };

static const char *make_bcrypt(map_call_t *call, const apr_array_header_t *args, apr_pool_t *p)
{
    static const char *const known[] = { "cost", NULL };
    const char *error = map_args_check(args, known, p);
    const json_t *cost = map_arg(args, "cost");
    json_int_t number = cost ? json_integer_value(cost) : DEFAULT_COST;

    if (error)
        return error;
    if (number < MIN_COST || number > MAX_COST)
        return "takes a number from 4 to 16 for cost=: one more takes twice the time";
    call->cost = (unsigned long)number;
    return NULL;
}

/* A salted hash, as crypt(5) writes it. The system's work area has seen the password: it is wiped. */
static const char *hash(const char *password, unsigned long cost, apr_pool_t *p)
{
    struct crypt_data *data = apr_pcalloc(p, sizeof *data);
    char random[SALT], setting[CRYPT_GENSALT_OUTPUT_SIZE];
    const char *hashed;

    if (apr_generate_random_bytes((unsigned char *)random, sizeof random) != APR_SUCCESS
        || !crypt_gensalt_rn("$2b$", cost, random, sizeof random, setting, sizeof setting))
        return NULL;
    hashed = crypt_rn(password, setting, data, sizeof *data);
    hashed = hashed && *hashed != '*' ? apr_pstrdup(p, hashed) : NULL;
    explicit_bzero(data, sizeof *data);
    return hashed;
}

static json_t *run_bcrypt(const map_call_t *call, const json_t *value, apr_pool_t *p)
{
    const char *password = json_string_value(value);

    if (!password || !*password || strlen(password) > MAX_PASSWORD)
        return NULL;
    return map_value_string(hash(password, call->cost, p));
}

const map_function_t map_function_bcrypt = {
    .id = MAP_FN_BCRYPT, .name = "bcrypt", .make = make_bcrypt, .run = run_bcrypt,
    .refuses = "must have from 1 to 72 bytes to be hashed"
};
