/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Bodies of resources: what is taken has the form that everything else relies on, is complete, and is taken again as it
 * is. What is refused says why. The body itself is left alone.
 */

#include "form.h"

/* Nothing in it that clients have no say in. */
static void check_writable(const json_t *resource, const scim_rtype_t *rtype)
{
    REQUIRE(!json_object_get(resource, "id") && !json_object_get(resource, "meta")
            && !json_object_get(resource, "schemas"));
    REQUIRE(rtype != types[USER] || !json_object_get(resource, "groups"));
    REQUIRE(rtype != types[THING] || !json_object_get(resource, "stars"));
}

/* A resource with its schema is a body that even the strict take, for just this resource. */
static void check_again(json_t *resource, const scim_rtype_t *rtype, apr_pool_t *p)
{
    json_t *again, *body = json_copy(resource);

    json_object_set_new(body, "schemas", json_pack("[s]", rtype->core->urn));
    REQUIRE(!scim_validate_resource(&again, body, rtype, SCIM_FOR_REPLACE, &scim_strict, p));
    REQUIRE(scim_json_equal(again, resource));
    json_decref(again);
    json_decref(body);
}

static json_t *check_body(const json_t *body, const scim_rtype_t *rtype, const scim_leniency_t *leniency, apr_pool_t *p)
{
    json_t *resource = NULL, *before = json_deep_copy(body);
    scim_err_t *err = scim_validate_resource(&resource, body, rtype, SCIM_FOR_CREATE, leniency, p);

    REQUIRE(scim_json_equal(body, before));
    json_decref(before);
    if (err) {
        REQUIRE(err->kind == SCIM_E_INVALID_SYNTAX || err->kind == SCIM_E_INVALID_VALUE);
        REQUIRE(!resource);
        check_refused(err);
        return NULL;
    }
    scim_json_own(p, resource);
    check_form(resource, rtype, p);
    check_writable(resource, rtype);
    REQUIRE(!scim_validate_required(resource, rtype, p));
    REQUIRE(!scim_validate_immutable(resource, resource, rtype, p));
    check_again(resource, rtype, p);
    return resource;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    apr_pool_t *p;
    json_t *body;
    int i;

    if (!types[0])
        make_types();
    apr_pool_create(&p, NULL);
    body = read_input(data, size, p);
    for (i = 0; body && i < TYPES; i++) {
        const json_t *strict = check_body(body, types[i], &scim_strict, p),
        *lenient = check_body(body, types[i], &scim_lenient, p);

        /* who is forgiven is not read another way */
        REQUIRE(!strict || (lenient && scim_json_equal(strict, lenient)));
    }
    apr_pool_destroy(p);
    return 0;
}
