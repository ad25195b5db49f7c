/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "common.h"
#include "scim_project.h"
#include "scim_resource.h"

#define CORE "urn:ietf:params:scim:schemas:core:2.0:User"
#define EXT "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
#define TAGS "urn:example:params:scim:Tags"

static apr_pool_t *p;
static scim_rtype_t *user, *device;

static void add(scim_schema_t *schema, const char *name, scim_type_t type, int multi, scim_returned_t returned)
{
    const scim_attr_t attr = { .type = type, .multi = (unsigned)multi & 1, .returned = returned };

    ck_assert_ptr_null(scim_schema_add(schema, name, &attr, p));
}

/* A schema in which everything is returned in every way: the name says how. The parts of each complex attribute,
 * too. */
static scim_schema_t *make_device(void)
{
    static const struct {
        const char     *name;
        scim_returned_t returned;
    } ways[] = {
        { "always", SCIM_RETURNED_ALWAYS }, { "never", SCIM_RETURNED_NEVER }, { "dflt", SCIM_RETURNED_DEFAULT },
        { "request", SCIM_RETURNED_REQUEST }
    };
    scim_schema_t *schema = scim_schema_make("urn:example:params:scim:Device", "Device", NULL, p);
    char name[32], sub[64];
    int i, j;

    for (i = 0; i < 4; i++) {
        add(schema, ways[i].name, SCIM_TYPE_STRING, 0, ways[i].returned);
        snprintf(name, sizeof name, "%sParts", ways[i].name);
        add(schema, name, SCIM_TYPE_COMPLEX, i == 2, ways[i].returned);
        for (j = 0; j < 4; j++) {
            snprintf(sub, sizeof sub, "%s.%s", name, ways[j].name);
            add(schema, sub, SCIM_TYPE_STRING, 0, ways[j].returned);
        }
    }
    add(schema, "plain", SCIM_TYPE_COMPLEX, 0, SCIM_RETURNED_DEFAULT);
    add(schema, "plain.a", SCIM_TYPE_STRING, 0, SCIM_RETURNED_DEFAULT);
    add(schema, "plain.b", SCIM_TYPE_STRING, 0, SCIM_RETURNED_DEFAULT);
    return schema;
}

static void setup(void)
{
    scim_schema_t *tags;

    test_setup();
    p = test_pool;
    tags = scim_schema_make(TAGS, "Tags", NULL, p);
    add(tags, "tags", SCIM_TYPE_STRING, 1, SCIM_RETURNED_DEFAULT);
    add(tags, "key", SCIM_TYPE_STRING, 0, SCIM_RETURNED_ALWAYS);
    user = scim_rtype_make("User", "Users", scim_schema_user(), p);
    scim_rtype_extend(user, scim_schema_enterprise(), 0, p);
    device = scim_rtype_make("Device", "Devices", make_device(), p);
    scim_rtype_extend(device, tags, 0, p);
}

static scim_projection_t *make(const scim_rtype_t *rtype, const char *attributes, const char *excluded)
{
    scim_projection_t *projection = NULL;

    ck_ok(scim_projection_make(&projection, attributes, excluded, rtype, p));
    return projection;
}

/* ---- a user ---- */

#define HEAD "\"schemas\": [\"" CORE "\"], \"id\": \"1\""
#define META "\"meta\": {\"resourceType\": \"User\", \"version\": \"W/x\"}"
#define NAME "\"name\": {\"familyName\": \"Jensen\", \"givenName\": \"Barbara\"}"
#define MAIL \
    "\"emails\": [{\"value\": \"a@x\", \"type\": \"work\", \"primary\": true}, {\"value\": \"b@x\", " \
    "\"display\": \"B\"}]"
#define BOSS "\"manager\": {\"value\": \"2\", \"displayName\": \"Boss\"}"
#define WORK "\"" EXT "\": {\"department\": \"Tours\", " BOSS "}"
#define REST "\"userName\": \"bjensen\", \"active\": true"

static const char bjensen[] = "{" HEAD ", " META ", \"externalId\": \"e\", " NAME ", " MAIL ", " REST
    ", \"password\": \"x\", " WORK "}";

static const struct {
    const char *attributes, *excluded, *left;
} users[] = {
    { NULL, NULL, "{" HEAD ", " META ", \"externalId\": \"e\", " NAME ", " MAIL ", " REST ", " WORK "}" },

    /* RFC 7644 section 3.9 */
    { "userName", NULL, "{" HEAD ", \"userName\": \"bjensen\"}" },
    { "USERNAME, name", NULL, "{" HEAD ", \"userName\": \"bjensen\", " NAME "}" },
    { " userName ,, active , ", NULL, "{" HEAD ", " REST "}" },
    { "name.givenName", NULL, "{" HEAD ", \"name\": {\"givenName\": \"Barbara\"}}" },
    { "name.givenName,name", NULL, "{" HEAD ", " NAME "}" },
    { "name.middleName", NULL, "{" HEAD "}" },
    { "emails.value", NULL, "{" HEAD ", \"emails\": [{\"value\": \"a@x\"}, {\"value\": \"b@x\"}]}" },
    { "emails.display,emails.type", NULL, "{" HEAD ", \"emails\": [{\"type\": \"work\"}, {\"display\": \"B\"}]}" },
    { "emails.display", NULL, "{" HEAD ", \"emails\": [{\"display\": \"B\"}]}" },
    { "meta.version", NULL, "{" HEAD ", \"meta\": {\"version\": \"W/x\"}}" },
    { "meta", NULL, "{" HEAD ", " META "}" },
    { "externalId", NULL, "{" HEAD ", \"externalId\": \"e\"}" },
    { "id", NULL, "{" HEAD "}" },

    /* names with URNs, in any case; a URN alone */
    { CORE ":userName," CORE ":name.givenName", NULL,
      "{" HEAD ", \"userName\": \"bjensen\", \"name\": {\"givenName\": \"Barbara\"}}" },
    { "URN:IETF:params:scim:schemas:core:2.0:user:USERname", NULL, "{" HEAD ", \"userName\": \"bjensen\"}" },
    { CORE ":externalId", NULL, "{" HEAD ", \"externalId\": \"e\"}" },
    { EXT ":department", NULL, "{" HEAD ", \"" EXT "\": {\"department\": \"Tours\"}}" },
    { EXT ":manager.displayName", NULL, "{" HEAD ", \"" EXT "\": {\"manager\": {\"displayName\": \"Boss\"}}}" },
    { EXT ":manager", NULL, "{" HEAD ", \"" EXT "\": {" BOSS "}}" },
    { EXT, NULL, "{" HEAD ", " WORK "}" },
    { "urn:ietf:params:scim:schemas:EXTENSION:enterprise:2.0:user", NULL, "{" HEAD ", " WORK "}" },
    { CORE, NULL, "{" HEAD ", " NAME ", " MAIL ", " REST "}" },

    /* unknown names are ignored, and restrict all the same */
    { "nobody", NULL, "{" HEAD "}" },
    { "nobody,userName", NULL, "{" HEAD ", \"userName\": \"bjensen\"}" },
    { "name.nobody", NULL, "{" HEAD "}" },
    { "department", NULL, "{" HEAD "}" },
    { "urn:example:nobody:userName", NULL, "{" HEAD "}" },
    { "user name", NULL, "{" HEAD "}" },
    { "emails[type eq \"work\"].value", NULL, "{" HEAD "}" },
    { "userName.", NULL, "{" HEAD "}" },

    /* what is never returned, is not */
    { "password", NULL, "{" HEAD "}" },
    { CORE ":password,userName", NULL, "{" HEAD ", \"userName\": \"bjensen\"}" },

    /* a parameter that names nothing is none */
    { "", NULL, "{" HEAD ", " META ", \"externalId\": \"e\", " NAME ", " MAIL ", " REST ", " WORK "}" },
    { " , ", "", "{" HEAD ", " META ", \"externalId\": \"e\", " NAME ", " MAIL ", " REST ", " WORK "}" },
    { "userName", "", "{" HEAD ", \"userName\": \"bjensen\"}" },

    { NULL, "emails", "{" HEAD ", " META ", \"externalId\": \"e\", " NAME ", " REST ", " WORK "}" },
    { NULL, "EMAILS.value,emails.PRIMARY,meta,externalid," EXT,
      "{" HEAD ", " NAME ", \"emails\": [{\"type\": \"work\"}, {\"display\": \"B\"}], " REST "}" },
    { NULL, "emails.value,emails.display,meta,externalId," EXT,
      "{" HEAD ", " NAME ", \"emails\": [{\"type\": \"work\", \"primary\": true}], " REST "}" },
    { NULL, "emails,name.familyName,name.givenName,meta,externalId," EXT, "{" HEAD ", " REST "}" },
    { NULL, EXT ":manager", "{" HEAD ", " META ", \"externalId\": \"e\", " NAME ", " MAIL ", " REST ", \"" EXT
      "\": {\"department\": \"Tours\"}}" },
    { NULL, EXT ":manager.value," EXT ":department",
      "{" HEAD ", " META ", \"externalId\": \"e\", " NAME ", " MAIL ", " REST ", \"" EXT
      "\": {\"manager\": {\"displayName\": \"Boss\"}}}" },
    { NULL, EXT ":manager," EXT ":department", "{" HEAD ", " META ", \"externalId\": \"e\", " NAME ", " MAIL
      ", " REST "}" },
    { NULL, CORE, "{" HEAD ", " META ", \"externalId\": \"e\", " WORK "}" },
    { NULL, "id,schemas,nobody," CORE "," EXT ",meta,externalId", "{" HEAD "}" },
    { NULL, "nobody", "{" HEAD ", " META ", \"externalId\": \"e\", " NAME ", " MAIL ", " REST ", " WORK "}" }
};

START_TEST(of_a_user)
{
    const scim_projection_t *projection = make(user, users[_i].attributes, users[_i].excluded);
    int round;

    /* a projection is made once and used for many */
    for (round = 0; round < 2; round++) {
        json_t *resource = test_json(bjensen);

        scim_project(projection, resource);
        ck_json(resource, users[_i].left);
    }
}
END_TEST

/* ---- `returned`, RFC 7643 section 2.2, in attributes and in sub-attributes ---- */

#define PARTS "{\"always\": \"1\", \"never\": \"1\", \"dflt\": \"1\", \"request\": \"1\"}"
#define BASE "\"schemas\": [\"x\"], \"id\": \"1\", \"always\": \"1\""

static const char full[] =
    "{" BASE ", \"never\": \"1\", \"dflt\": \"1\", \"request\": \"1\", \"alwaysParts\": " PARTS
    ", \"neverParts\": " PARTS ","
    "\"dfltParts\": [" PARTS "], \"requestParts\": " PARTS ", \"plain\": {\"a\": \"1\", \"b\": \"1\"},"
    "\"" TAGS "\": {\"tags\": [\"1\"], \"key\": \"1\"}}";

#define AD "{\"always\": \"1\", \"dflt\": \"1\"}"
#define A "{\"always\": \"1\"}"
#define KEY "\"" TAGS "\": {\"key\": \"1\"}"
/* What is there whatever the client names, and what of that has more where it is not restricted. */
#define LEAST BASE ", \"alwaysParts\": " AD ", \"dfltParts\": [" A "], " KEY
#define MOST BASE ", \"dflt\": \"1\", \"alwaysParts\": " AD ", \"dfltParts\": [" AD \
    "], \"plain\": {\"a\": \"1\", \"b\": \"1\"}," \
    "\"" TAGS "\": {\"tags\": [\"1\"], \"key\": \"1\"}"

static const struct {
    const char *attributes, *excluded, *left;
} devices[] = {
    { NULL, NULL, "{" MOST "}" },
    { "nobody", NULL, "{" LEAST "}" },
    { "always,never,neverParts,neverParts.always,neverParts.never,dfltParts.never", NULL, "{" LEAST "}" },
    { "dflt", NULL, "{" LEAST ", \"dflt\": \"1\"}" },
    { "request", NULL, "{" LEAST ", \"request\": \"1\"}" },
    { "dfltParts", NULL, "{" BASE ", \"alwaysParts\": " AD ", \"dfltParts\": [" AD "], " KEY "}" },
    { "dfltParts.dflt", NULL, "{" BASE ", \"alwaysParts\": " AD ", \"dfltParts\": [" AD "], " KEY "}" },
    { "dfltParts.request", NULL,
      "{" BASE ", \"alwaysParts\": " AD ", \"dfltParts\": [{\"always\": \"1\", \"request\": \"1\"}], " KEY "}" },
    { "dfltParts,dfltParts.request", NULL,
      "{" BASE ", \"alwaysParts\": " AD
      ", \"dfltParts\": [{\"always\": \"1\", \"dflt\": \"1\", \"request\": \"1\"}], " KEY "}" },
    { "alwaysParts.request", NULL,
      "{" BASE ", \"alwaysParts\": {\"always\": \"1\", \"dflt\": \"1\", \"request\": \"1\"}, \"dfltParts\": [" A
      "], " KEY "}" },
    { "requestParts", NULL, "{" LEAST
      ", \"requestParts\": {\"always\": \"1\", \"dflt\": \"1\", \"request\": \"1\"}}" },
    { "requestParts.dflt", NULL, "{" LEAST ", \"requestParts\": " AD "}" },
    { "requestParts.always", NULL, "{" LEAST ", \"requestParts\": " A "}" },
    { "requestParts.request", NULL, "{" LEAST ", \"requestParts\": {\"always\": \"1\", \"request\": \"1\"}}" },
    { "plain.b", NULL, "{" LEAST ", \"plain\": {\"b\": \"1\"}}" },
    { TAGS, NULL, "{" BASE ", \"alwaysParts\": " AD ", \"dfltParts\": [" A "], \"" TAGS
      "\": {\"tags\": [\"1\"], \"key\": \"1\"}}" },
    /* the schema asks for what it returns by default, not for what wants to be named */
    { "urn:example:params:scim:Device", NULL,
      "{" BASE ", \"dflt\": \"1\", \"alwaysParts\": " AD ", \"dfltParts\": [" AD
      "], \"plain\": {\"a\": \"1\", \"b\": \"1\"}, " KEY "}" },

    { NULL, "always,never,request,requestParts", "{" MOST "}" },
    { NULL, "dflt,plain,dfltParts," TAGS, "{" LEAST "}" },
    { NULL, "dfltParts.dflt,dflt,plain.a,plain.b," TAGS ":tags", "{" LEAST "}" },
    { NULL, "alwaysParts,alwaysParts.always,alwaysParts.dflt,dflt,plain,dfltParts," TAGS,
      "{" BASE ", \"alwaysParts\": " A ", \"dfltParts\": [" A "], " KEY "}" },
    { NULL, "plain.a,dflt,dfltParts," TAGS, "{" LEAST ", \"plain\": {\"b\": \"1\"}}" },
    { NULL, "urn:example:params:scim:Device," TAGS, "{" LEAST "}" }
};

START_TEST(of_a_device)
{
    json_t *resource = test_json(full);

    scim_project(make(device, devices[_i].attributes, devices[_i].excluded), resource);
    ck_json(resource, devices[_i].left);
}
END_TEST

/* What is wanted is what is left of a resource that has everything: the engine reads no more, and no less. */
START_TEST(wanted_is_what_is_left)
{
    const scim_projection_t *projection = make(device, devices[_i].attributes, devices[_i].excluded);
    const scim_schema_t *schemas[] = { device->core, device->ext[0].schema };
    json_t *resource = test_json(full);
    int i, j, k;

    scim_project(projection, resource);
    for (i = 0; i < 2; i++)
        for (j = 0; j < schemas[i]->nattrs; j++) {
            const scim_attr_t *attr = &schemas[i]->attrs[j];
            const json_t *value = scim_resource_get(resource, attr);

            ck_assert_msg(!scim_projection_wants(projection, attr, NULL) == !value, "%s", attr->name);
            for (k = 0; k < attr->nsub; k++) {
                const json_t *object = json_is_array(value) ? json_array_get(value, 0) : value;

                ck_assert_msg(!scim_projection_wants(projection, attr, &attr->sub[k])
                                  == !json_object_get(object, attr->sub[k].name),
                              "%s.%s", attr->name, attr->sub[k].name);
            }
        }
    ck_assert(scim_projection_wants(projection, scim_rtype_attr(device, "id"), NULL));
    ck_assert(scim_projection_wants(projection, scim_rtype_attr(device, "schemas"), NULL));
}
END_TEST

START_TEST(attributes_of_another_type_are_not_wanted)
{
    ck_assert(!scim_projection_wants(make(device, NULL, NULL), scim_rtype_attr(user, "userName"), NULL));
}
END_TEST

/* ---- the parameters ---- */

START_TEST(both_at_once)
{
    scim_projection_t *projection = NULL;

    ck_err(scim_projection_make(&projection, "userName", "emails", user, p), SCIM_E_INVALID_VALUE);
    ck_err(scim_projection_make(&projection, "nobody", "nobody", user, p), SCIM_E_INVALID_VALUE);
    ck_assert_ptr_null(projection);
}
END_TEST

START_TEST(explicit_or_not)
{
    ck_assert(!scim_projection_explicit(make(user, NULL, NULL)));
    ck_assert(!scim_projection_explicit(make(user, "", " ,")));
    ck_assert(scim_projection_explicit(make(user, "userName", NULL)));
    ck_assert(scim_projection_explicit(make(user, "nobody", NULL)));
    ck_assert(scim_projection_explicit(make(user, NULL, "members")));
}
END_TEST

/* What is not there is no hindrance: records are rarely complete. */
START_TEST(sparse_resources)
{
    static const char *const texts[] = { "{}", "{\"name\": {}}", "{\"emails\": []}", "{\"" EXT "\": {}}" };
    json_t *resource = test_json(texts[_i]);

    scim_project(make(user, "name.givenName,emails.value," EXT ":manager.value", NULL), resource);
    ck_json(resource, "{}");
}
END_TEST

static int count(size_t bytes, size_t one)
{
    return (int)(bytes / one);
}

int main(void)
{
    Suite *suite = suite_create("project");
    TCase *tc = tcase_create("project");

    tcase_add_checked_fixture(tc, setup, test_teardown);
    tcase_add_loop_test(tc, of_a_user, 0, count(sizeof users, sizeof *users));
    tcase_add_loop_test(tc, of_a_device, 0, count(sizeof devices, sizeof *devices));
    tcase_add_loop_test(tc, wanted_is_what_is_left, 0, count(sizeof devices, sizeof *devices));
    tcase_add_test(tc, attributes_of_another_type_are_not_wanted);
    tcase_add_test(tc, both_at_once);
    tcase_add_test(tc, explicit_or_not);
    tcase_add_loop_test(tc, sparse_resources, 0, 4);
    suite_add_tcase(suite, tc);
    return test_run(suite);
}
