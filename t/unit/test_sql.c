/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include <apr_strings.h>

#include "scim_date.h"
#include "scim_sql.h"
#include "sql_bed.h"

/*
 * The contract of include/scim_connector.h and scim_query.h for records and lists, over every database. What
 * is searched for is in test_sql_search.c, what goes wrong in test_sql_trouble.c.
 */

#define EMAILS "rows(person_email, person_id, position)"
#define EMAILS_SPEC EMAILS ": address, kind, label, is_primary"
#define MEMBERS "rows(team_member, team_id)"
#define NOTES "rows(badge_note, badge_id)"
#define SET(attr, values) { SCIM_MOD_SET, attr, values }
#define ADD(attr, values) { SCIM_MOD_ADD, attr, values }
#define REMOVE(attr, values) { SCIM_MOD_REMOVE, attr, values }
#define END { BED_END, NULL, NULL }

static bed_t bed;

static const char *make_person(const char *login)
{
    return bed_create(&bed, bed.person, apr_psprintf(test_pool, "{\"login\": \"%s\", \"status\": \"A\"}", login));
}

static const char *quote(const char *format, const char *a, const char *b)
{
    return apr_psprintf(test_pool, format, a, b);
}

/* ---- records ---- */

START_TEST(a_record_is_read_as_it_was_created)
{
    const char *key;

    bed_open(&bed, _i, NULL);
    key = bed_create(&bed, bed.person,
                     "{\"login\": \"Jörg.O'Neil\", \"family_name\": \"O'Neil %s %% \\\\ \\\" ; --\", "
                     "\"display_name\": \"\", "
                     "\"status\": \"I\"}");
    ck_assert_int_eq((int)strlen(key), 36);
    ck_json(bed_read(&bed, bed.person, key, "login; family_name; display_name; status; external_id"),
            "{\"login\": \"Jörg.O'Neil\", \"family_name\": \"O'Neil %s %% \\\\ \\\" ; --\", "
            "\"display_name\": \"\", \"status\": \"I\"}");
    ck_assert_str_eq(bed_version(&bed, bed.person, key), "1");
    bed_close(&bed);
}
END_TEST

START_TEST(what_is_not_asked_for_is_not_read)
{
    const char *key;

    bed_open(&bed, _i, NULL);
    key = make_person("ada");
    ck_json(bed_read(&bed, bed.person, key, "login"), "{\"login\": \"ada\"}");
    ck_json(bed_read(&bed, bed.person, key, ""), "{}");
    bed_close(&bed);
}
END_TEST

START_TEST(there_is_no_record_with_another_key)
{
    static const char *const keys[] = {
        "nobody", "", "1", "' OR '1'='1", "00000000-0000-4000-8000-000000000000", "%", "1e0",
        "99999999999999999999", " 1", "01", "1 ", "+1", "\xc3\xa4"
    };
    scim_entity_t *entities[4];
    scim_record_t record;
    size_t i, j;

    bed_open(&bed, _i, NULL);
    entities[0] = bed.person;
    entities[1] = bed.badge;
    entities[2] = bed.token;
    entities[3] = bed.sample;
    ck_assert_str_eq(bed_create(&bed, bed.badge, "{\"holder\": \"first\"}") ? "made" : "", "made");
    sql_direct_run(&bed.direct, "UPDATE badge SET id = 12");
    bed_create(&bed, bed.sample, "{\"id\": \"abc\"}");
    for (j = 0; j < 4; j++)
        for (i = 0; i < sizeof(keys) / sizeof(*keys); i++) {
            ck_err(scim_sql_connector.get(bed.session, entities[j], keys[i], bed_attrs("id"), &record,
                                          test_pool),
                   SCIM_E_NOT_FOUND);
            ck_err(bed_try_remove(&bed, entities[j], keys[i], NULL), SCIM_E_NOT_FOUND);
        }
    ck_json(bed_read(&bed, bed.badge, "12", "holder"), "{\"holder\": \"first\"}");
    bed_close(&bed);
}
END_TEST

/* RFC 7643 section 7: ids are case exact, whatever the collation of the column. */
START_TEST(keys_are_exact)
{
    static const char *const others[] = { "ABC", "Abc", "abc ", "\303\241bc" };
    scim_record_t record;
    size_t i;

    bed_open(&bed, _i, NULL);
    bed_create(&bed, bed.sample, "{\"id\": \"abc\", \"txt\": \"x\"}");
    for (i = 0; i < sizeof(others) / sizeof(*others); i++)
        ck_err(
            scim_sql_connector.get(bed.session, bed.sample, others[i], bed_attrs("id"), &record, test_pool),
            SCIM_E_NOT_FOUND);
    ck_json(bed_read(&bed, bed.sample, "abc", "txt"), "{\"txt\": \"x\"}");
    bed_close(&bed);
}
END_TEST

START_TEST(the_database_makes_keys)
{
    const char *first, *second;

    bed_open(&bed, _i, NULL);
    first = bed_create(&bed, bed.badge, "{\"holder\": \"ada\", \"size\": 3, \"ratio\": 1.5, \"flag\": true, "
                                        "\"at\": \"2024-02-29T12:30:00.25+01:00\"}");
    second = bed_create(&bed, bed.badge, "{\"holder\": \"bob\", \"flag\": false}");
    ck_assert_str_ne(first, second);
    ck_assert_str_eq(bed_ask(&bed, "SELECT COUNT(*) FROM badge"), "2");
    ck_json(bed_read(&bed, bed.badge, second, "holder"), "{\"holder\": \"bob\"}");
    bed_close(&bed);
}
END_TEST

START_TEST(values_come_in_the_type_of_their_column)
{
    const json_t *data;
    const char *key, *flag;
    apr_time_t t, expected;

    bed_open(&bed, _i, NULL);
    key = bed_create(&bed, bed.badge, "{\"holder\": \"ada\", \"size\": -3, \"ratio\": 1.5, \"flag\": true, "
                                      "\"at\": \"2024-02-29T12:30:00.25+01:00\"}");
    data = bed_read(&bed, bed.badge, key, "size; ratio; flag; at");
    ck_assert_str_eq(json_string_value(json_object_get(data, "size")), "-3");
    ck_assert_int_eq(strncmp(json_string_value(json_object_get(data, "ratio")), "1.5", 3), 0);
    flag = json_string_value(json_object_get(data, "flag"));
    ck_assert_msg(strcmp(flag, "1") == 0 || strcmp(flag, "t") == 0, "%s", flag);
    ck_assert_int_eq(scim_date_parse(&expected, "2024-02-29T11:30:00.25Z", 1), 0);
    ck_assert_int_eq(scim_date_parse(&t, json_string_value(json_object_get(data, "at")), 0), 0);
    ck_assert(t == expected);
    bed_close(&bed);
}
END_TEST

/* The servers are in other time zones. */
START_TEST(time_stamps_are_the_clocks)
{
    const apr_time_t before = apr_time_now();
    const char *key;
    const json_t *data;
    apr_time_t created, modified, changed;

    bed_open(&bed, _i, NULL);
    key = make_person("ada");
    data = bed_read(&bed, bed.person, key, "created_at; modified_at");
    ck_assert_int_eq(scim_date_parse(&created, json_string_value(json_object_get(data, "created_at")), 0), 0);
    ck_assert_int_eq(scim_date_parse(&modified, json_string_value(json_object_get(data, "modified_at")), 0), 0);
    ck_assert(created >= before && created <= apr_time_now());
    ck_assert(created == modified);
    ck_assert_int_eq(bed_modify(&bed, bed.person, key, NULL, (bed_mod_t[]){ SET("family_name", "\"L\""), END }), 1);
    data = bed_read(&bed, bed.person, key, "created_at; modified_at");
    ck_assert_int_eq(scim_date_parse(&changed, json_string_value(json_object_get(data, "created_at")), 0), 0);
    ck_assert(changed == created);
    ck_assert_int_eq(scim_date_parse(&changed, json_string_value(json_object_get(data, "modified_at")), 0), 0);
    ck_assert(changed > modified && changed <= apr_time_now());
    bed_close(&bed);
}
END_TEST

/* ---- modify ---- */

START_TEST(a_change_writes_what_it_names)
{
    const char *key;

    bed_open(&bed, _i, NULL);
    key = bed_create(
        &bed, bed.person,
        "{\"login\": \"ada\", \"family_name\": \"King\", \"display_name\": \"Ada\", \"status\": \"A\"}");
    ck_assert_int_eq(bed_modify(&bed, bed.person, key, NULL,
                                (bed_mod_t[]){ SET("family_name", "\"Lovelace\""),
                                               SET("display_name", "null"), SET("status", "\"I\""), END }),
                     1);
    ck_json(bed_read(&bed, bed.person, key, "login; family_name; display_name; status"),
            "{\"login\": \"ada\", \"family_name\": \"Lovelace\", \"status\": \"I\"}");
    ck_assert_str_eq(bed_version(&bed, bed.person, key), "2");
    bed_close(&bed);
}
END_TEST

START_TEST(a_change_that_changes_nothing_leaves_version_and_time)
{
    const char *key, *before;

    bed_open(&bed, _i, NULL);
    key = bed_create(&bed, bed.person, "{\"login\": \"ada\", \"family_name\": \"King\", \"status\": \"A\", "
                                       "\"" EMAILS "\": [{\"address\": \"a@x\", \"is_primary\": true}]}");
    before = bed_ask(&bed, "SELECT row_version, modified_at FROM person");
    ck_assert_int_eq(bed_modify(&bed, bed.person, key, NULL,
                                (bed_mod_t[]){ SET("family_name", "\"King\""), SET("display_name", "null"),
                                               SET(EMAILS, "[{\"address\": \"a@x\", \"is_primary\": true}]"),
                                               ADD(EMAILS, "[{\"address\": \"a@x\", \"is_primary\": true}]"),
                                               REMOVE(EMAILS, "[{\"address\": \"b@x\"}]"), END }),
                     0);
    ck_assert_int_eq(bed_modify(&bed, bed.person, key, "1", (bed_mod_t[]){ END }), 0);
    ck_assert_str_eq(bed_ask(&bed, "SELECT row_version, modified_at FROM person"), before);
    bed_close(&bed);
}
END_TEST

/* The same number, instant, truth in another spelling is no change. */
START_TEST(equal_values_are_no_change)
{
    const char *key;

    bed_open(&bed, _i, NULL);
    key = bed_create(&bed, bed.badge,
                     "{\"holder\": \"ada\", \"size\": 3, \"ratio\": 1.5, \"flag\": true, \"at\": "
                     "\"2024-02-29T11:30:00Z\"}");
    ck_assert_int_eq(bed_modify(&bed, bed.badge, key, NULL,
                                (bed_mod_t[]){ SET("size", "3"), SET("ratio", "1.5"), SET("flag", "true"),
                                               SET("at", "\"2024-02-29T12:30:00.000+01:00\""), END }),
                     0);
    ck_assert_int_eq(bed_modify(&bed, bed.badge, key, NULL, (bed_mod_t[]){ SET("flag", "false"), END }), 1);
    ck_assert_int_eq(bed_modify(&bed, bed.badge, key, NULL, (bed_mod_t[]){ SET("holder", "\"Ada\""), END }), 1);
    bed_close(&bed);
}
END_TEST

START_TEST(the_last_of_several_values_stays)
{
    const char *key;

    bed_open(&bed, _i, NULL);
    key = make_person("ada");
    ck_assert_int_eq(bed_modify(&bed, bed.person, key, NULL,
                                (bed_mod_t[]){ SET("family_name", "\"one\""), SET("family_name", "\"two\""), END }), 1);
    ck_json(bed_read(&bed, bed.person, key, "family_name"), "{\"family_name\": \"two\"}");
    ck_assert_int_eq(bed_modify(&bed, bed.person, key, NULL,
                                (bed_mod_t[]){ SET("family_name", "\"one\""), SET("family_name", "\"two\""), END }), 0);
    bed_close(&bed);
}
END_TEST

START_TEST(a_key_does_not_change)
{
    int changed;

    bed_open(&bed, _i, NULL);
    bed_create(&bed, bed.sample, "{\"id\": \"one\", \"txt\": \"x\"}");
    ck_err(
        bed_try_modify(&bed, bed.sample, "one", NULL, (bed_mod_t[]){ SET("id", "\"two\""), END }, &changed),
        SCIM_E_MUTABILITY);
    ck_assert_int_eq(bed_modify(&bed, bed.sample, "one", NULL,
                                (bed_mod_t[]){ SET("id", "\"one\""), SET("txt", "\"y\""), END }),
                     1);
    ck_assert_str_eq(bed_ask(&bed, "SELECT id, txt FROM sample"), "one|y");
    bed_close(&bed);
}
END_TEST

/* ---- versions ---- */

START_TEST(a_change_may_demand_a_version)
{
    static const bed_mod_t mods[] = { SET("family_name", "\"x\""), END }, none[] = { END };
    const char *key;
    int changed;

    bed_open(&bed, _i, NULL);
    key = make_person("ada");
    ck_err(bed_try_modify(&bed, bed.person, key, "2", mods, &changed), SCIM_E_PRECONDITION);
    ck_err(bed_try_modify(&bed, bed.person, key, "01", mods, &changed), SCIM_E_PRECONDITION);
    ck_err(bed_try_modify(&bed, bed.person, key, "x' OR 1=1 --", mods, &changed), SCIM_E_PRECONDITION);
    ck_err(bed_try_modify(&bed, bed.person, key, "2", none, &changed), SCIM_E_PRECONDITION);
    ck_err(bed_try_modify(&bed, bed.person, "nobody", "1", mods, &changed), SCIM_E_NOT_FOUND);
    ck_assert_int_eq(bed_modify(&bed, bed.person, key, "7,1", mods), 1);
    ck_err(bed_try_remove(&bed, bed.person, key, "1"), SCIM_E_PRECONDITION);
    ck_ok(bed_try_remove(&bed, bed.person, key, "1,2"));
    ck_assert_str_eq(bed_ask(&bed, "SELECT COUNT(*) FROM person"), "0");
    bed_close(&bed);
}
END_TEST

START_TEST(a_change_of_a_list_is_a_change_of_the_record)
{
    const char *key;

    bed_open(&bed, _i, NULL);
    key = make_person("ada");
    ck_assert_int_eq(
        bed_modify(&bed, bed.person, key, "1", (bed_mod_t[]){ ADD(EMAILS, "[{\"address\": \"a@x\"}]"), END }),
        1);
    ck_assert_str_eq(bed_version(&bed, bed.person, key), "2");
    ck_assert_int_eq(bed_modify(&bed, bed.person, key, "2",
                                (bed_mod_t[]){ REMOVE(EMAILS, "[{\"address\": \"a@x\"}]"), END }),
                     1);
    ck_assert_str_eq(bed_version(&bed, bed.person, key), "3");
    ck_assert_int_eq(bed_modify(&bed, bed.person, key, "3",
                                (bed_mod_t[]){ SET(EMAILS, "[{\"address\": \"b@x\"}]"),
                                               SET("family_name", "\"x\""), END }),
                     1);
    ck_assert_str_eq(bed_version(&bed, bed.person, key), "4");
    bed_close(&bed);
}
END_TEST

/* ---- lists ---- */

START_TEST(lists_come_in_their_order)
{
    const char *key;

    bed_open(&bed, _i, NULL);
    key = bed_create(&bed, bed.person,
                     "{\"login\": \"ada\", \"status\": \"A\", \"" EMAILS
                     "\": [{\"address\": \"z@x\", \"kind\": \"work\"}, "
                     "{\"address\": \"a@x\", \"kind\": \"home\"}, {\"address\": \"m@x\"}]}");
    ck_json(bed_read(&bed, bed.person, key, EMAILS ": address, kind"),
            "{\"" EMAILS "\": [{\"address\": \"z@x\", \"kind\": \"work\"}, {\"address\": \"a@x\", \"kind\": "
                         "\"home\"}, {\"address\": \"m@x\"}]}");
    ck_assert_int_eq(bed_modify(&bed, bed.person, key, NULL,
                                (bed_mod_t[]){ ADD(EMAILS, "[{\"address\": \"b@x\"}]"), END }),
                     1);
    ck_json(bed_read(&bed, bed.person, key, EMAILS ": address"),
            "{\"" EMAILS "\": [{\"address\": \"z@x\"}, {\"address\": \"a@x\"}, {\"address\": \"m@x\"}, "
                         "{\"address\": \"b@x\"}]}");
    bed_close(&bed);
}
END_TEST

START_TEST(a_record_without_rows_has_an_empty_list)
{
    const char *key;

    bed_open(&bed, _i, NULL);
    key = make_person("ada");
    ck_json(bed_read(&bed, bed.person, key, EMAILS_SPEC), "{\"" EMAILS "\": []}");
    ck_assert_int_eq(
        bed_modify(&bed, bed.person, key, NULL, (bed_mod_t[]){ SET(EMAILS, "[]"), ADD(EMAILS, "[]"), END }),
        0);
    bed_close(&bed);
}
END_TEST

/* Rows that stay are not written: a column that rules only read keeps its value. */
START_TEST(setting_a_list_writes_the_difference)
{
    const char *key;

    bed_open(&bed, _i, NULL);
    key = bed_create(
        &bed, bed.person,
        "{\"login\": \"ada\", \"status\": \"A\", \"rows(person_address, person_id, position)\": "
        "[{\"kind\": \"a\", \"street\": \"1\"}, {\"kind\": \"b\", \"street\": \"2\"}, {\"kind\": \"c\"}]}");
    sql_direct_run(&bed.direct, "UPDATE person_address SET country = kind");
    ck_assert_int_eq(bed_modify(&bed, bed.person, key, NULL,
                                (bed_mod_t[]){ SET("rows(person_address, person_id, position)",
                                                   "[{\"kind\": \"c\"}, {\"kind\": \"d\", \"street\": null}, "
                                                   "{\"kind\": \"b\", \"street\": \"2\"}]"),
                                               END }),
                     1);
    ck_assert_str_eq(bed_ask(&bed, "SELECT kind, street, country FROM person_address ORDER BY kind"),
                     "b|2|b\nc|-|c\nd|-|-");
    ck_assert_int_eq(bed_modify(&bed, bed.person, key, NULL,
                                (bed_mod_t[]){ SET("rows(person_address, person_id, position)", "[]"), END }), 1);
    ck_assert_str_eq(bed_ask(&bed, "SELECT COUNT(*) FROM person_address"), "0");
    bed_close(&bed);
}
END_TEST

/* The table of notes has no constraint that could keep a second equal row out. */
START_TEST(adding_what_is_there_changes_nothing)
{
    static const char notes[] = "[{\"body\": \"x\", \"grade\": 1, \"pinned\": true, \"at\": "
                                "\"2024-01-01T00:00:00Z\"}, {\"body\": \"y\"}]";
    const char *key;

    bed_open(&bed, _i, NULL);
    key = bed_create(&bed, bed.badge, "{\"holder\": \"ada\"}");
    ck_assert_int_eq(bed_modify(&bed, bed.badge, key, NULL, (bed_mod_t[]){ ADD(NOTES, notes), END }), 1);
    ck_assert_int_eq(bed_modify(&bed, bed.badge, key, NULL, (bed_mod_t[]){ ADD(NOTES, notes), END }), 0);
    ck_assert_int_eq(bed_modify(&bed, bed.badge, key, NULL,
                                (bed_mod_t[]){ ADD(NOTES, "[{\"body\": \"x\"}, {\"body\": \"x\"}]"), END }),
                     0);
    ck_assert_str_eq(bed_ask(&bed, "SELECT COUNT(*) FROM badge_note"), "2");
    ck_assert_int_eq(bed_modify(&bed, bed.badge, key, NULL,
                                (bed_mod_t[]){ ADD(NOTES, "[{\"body\": \"X\"}, {\"body\": \"x \"}]"), END }),
                     1);
    ck_assert_str_eq(bed_ask(&bed, "SELECT COUNT(*) FROM badge_note"), "4");
    bed_close(&bed);
}
END_TEST

/* An element is there if a row has all that it names; others in the same change do not matter. */
START_TEST(elements_may_name_different_columns)
{
    const char *key;

    bed_open(&bed, _i, NULL);
    key = bed_create(&bed, bed.badge, "{\"holder\": \"ada\", \"" NOTES "\": [{\"body\": \"a\", \"grade\": 1}]}");
    ck_assert_int_eq(
        bed_modify(&bed, bed.badge, key, NULL,
                   (bed_mod_t[]){ ADD(NOTES, "[{\"body\": \"a\"}, {\"grade\": 1, \"body\": \"a\"}]"), END }),
        0);
    ck_assert_int_eq(
        bed_modify(
            &bed, bed.badge, key, NULL,
            (bed_mod_t[]){
                ADD(NOTES, "[{\"body\": \"a\"}, {\"grade\": 2, \"body\": \"a\"}, {\"body\": \"b\"}]"), END }),
        1);
    ck_assert_str_eq(bed_ask(&bed, "SELECT body, grade FROM badge_note ORDER BY body, grade"), "a|1\na|2\nb|-");
    bed_close(&bed);
}
END_TEST

START_TEST(removing_takes_what_has_the_named_values)
{
    const char *key;

    bed_open(&bed, _i, NULL);
    key = bed_create(&bed, bed.badge,
                     "{\"holder\": \"ada\", \"" NOTES
                     "\": [{\"body\": \"x\", \"grade\": 1}, {\"body\": \"x\", \"grade\": 2}, "
                     "{\"body\": \"X\", \"grade\": 1}, {\"body\": \"x \", \"grade\": 1}, {\"grade\": 3}, "
                     "{\"body\": \"y\", \"pinned\": true}]}");
    ck_assert_int_eq(
        bed_modify(&bed, bed.badge, key, NULL, (bed_mod_t[]){ REMOVE(NOTES, "[{\"body\": \"x\"}]"), END }),
        1);
    ck_assert_str_eq(bed_ask(&bed, "SELECT COUNT(*) FROM badge_note"), "4");
    ck_assert_int_eq(
        bed_modify(
            &bed, bed.badge, key, NULL,
            (bed_mod_t[]){ REMOVE(NOTES, "[{\"body\": null, \"grade\": 3}, {\"body\": \"x\"}]"), END }),
        1);
    ck_assert_str_eq(bed_ask(&bed, "SELECT COUNT(*) FROM badge_note"), "3");
    ck_assert_int_eq(bed_modify(&bed, bed.badge, key, NULL,
                                (bed_mod_t[]){ REMOVE(NOTES, "[{\"pinned\": true}, {\"grade\": 9}]"), END }), 1);
    ck_assert_str_eq(bed_ask(&bed, "SELECT grade FROM badge_note ORDER BY grade"), "1\n1");
    bed_close(&bed);
}
END_TEST

/* An element that names nothing, or nothing that is there, must not match everything. */
START_TEST(removing_nothing_in_particular_removes_nothing)
{
    const char *key;

    bed_open(&bed, _i, NULL);
    key = bed_create(&bed, bed.badge, "{\"holder\": \"ada\", \"" NOTES "\": [{\"body\": \"x\"}]}");
    ck_assert_int_eq(bed_modify(&bed, bed.badge, key, NULL,
                                (bed_mod_t[]){ REMOVE(NOTES, "[]"), REMOVE(NOTES, "[{}]"), END }),
                     0);
    ck_assert_int_eq(
        bed_modify(
            &bed, bed.badge, key, NULL,
            (bed_mod_t[]){ REMOVE(NOTES, "[{\"other\": \"x\"}, {\"grade\": 7, \"body\": \"z\"}]"), END }),
        0);
    ck_assert_int_eq(
        bed_modify(&bed, bed.badge, key, NULL, (bed_mod_t[]){ REMOVE(NOTES, "[{\"grade\": 7}, {}]"), END }),
        0);
    ck_assert_str_eq(bed_ask(&bed, "SELECT COUNT(*) FROM badge_note"), "1");
    bed_close(&bed);
}
END_TEST

START_TEST(parts_of_a_change_are_done_in_order)
{
    const char *key;

    bed_open(&bed, _i, NULL);
    key = bed_create(&bed, bed.badge, "{\"holder\": \"ada\", \"" NOTES "\": [{\"body\": \"old\"}]}");
    ck_assert_int_eq(bed_modify(&bed, bed.badge, key, NULL,
                                (bed_mod_t[]){ SET(NOTES, "[{\"body\": \"a\"}]"),
                                               ADD(NOTES, "[{\"body\": \"b\"}, {\"body\": \"c\"}]"),
                                               REMOVE(NOTES, "[{\"body\": \"b\"}]"), END }),
                     1);
    ck_assert_str_eq(bed_ask(&bed, "SELECT body FROM badge_note ORDER BY body"), "a\nc");
    bed_close(&bed);
}
END_TEST

START_TEST(members_come_and_go)
{
    const char *ada, *bob, *team;
    int changed;

    bed_open(&bed, _i, NULL);
    ada = make_person("ada");
    bob = make_person("bob");
    team = bed_create(&bed, bed.team,
                      quote("{\"name\": \"All\", \"" MEMBERS "\": [{\"person_id\": \"%s\"}]}", ada, NULL));
    ck_assert_int_eq(
        bed_modify(
            &bed, bed.team, team, NULL,
            (bed_mod_t[]){
                ADD(MEMBERS, quote("[{\"person_id\": \"%s\"}, {\"person_id\": \"%s\"}]", bob, ada)), END }),
        1);
    ck_assert_int_eq(bed_modify(&bed, bed.team, team, NULL,
                                (bed_mod_t[]){ ADD(MEMBERS, quote("[{\"person_id\": \"%s\"}]", bob, NULL)), END }), 0);
    ck_err(bed_try_modify(&bed, bed.team, team, NULL,
                          (bed_mod_t[]){ REMOVE(MEMBERS, quote("[{\"person_id\": \"%s\"}]", ada, NULL)),
                                         ADD(MEMBERS, "[{\"person_id\": \"nobody\"}]"), END },
                          &changed),
           SCIM_E_INVALID_VALUE);
    ck_assert_str_eq(bed_ask(&bed, "SELECT COUNT(*) FROM team_member"), "2");
    ck_json(bed_read(&bed, bed.person, bob, "rows(person_team, person_id): team_id, team_name"),
            quote("{\"rows(person_team, person_id)\": [{\"team_id\": \"%s\", \"team_name\": \"All\"}]}", team, NULL));
    ck_assert_int_eq(
        bed_modify(&bed, bed.team, team, "2",
                   (bed_mod_t[]){
                       REMOVE(MEMBERS, quote("[{\"person_id\": \"%s\"}, {\"person_id\": \"x\"}]", ada, NULL)),
                       END }),
        1);
    ck_json(bed_read(&bed, bed.team, team, MEMBERS ": person_id"),
            quote("{\"" MEMBERS "\": [{\"person_id\": \"%s\"}]}", bob, NULL));
    bed_close(&bed);
}
END_TEST

/* ---- remove ---- */

START_TEST(a_record_goes_with_its_rows)
{
    const char *key, *other;

    bed_open(&bed, _i, NULL);
    key = bed_create(&bed, bed.badge, "{\"holder\": \"ada\", \"" NOTES "\": [{\"body\": \"x\"}]}");
    other = bed_create(&bed, bed.badge, "{\"holder\": \"bob\", \"" NOTES "\": [{\"body\": \"y\"}]}");
    ck_ok(bed_try_remove(&bed, bed.badge, key, NULL));
    ck_err(bed_try_remove(&bed, bed.badge, key, NULL), SCIM_E_NOT_FOUND);
    ck_assert_str_eq(bed_ask(&bed, "SELECT body FROM badge_note"), "y");
    ck_json(bed_read(&bed, bed.badge, other, "holder"), "{\"holder\": \"bob\"}");
    bed_close(&bed);
}
END_TEST

START_TEST(a_record_that_is_needed_stays)
{
    const char *ada;

    bed_open(&bed, _i, NULL);
    ada = bed_create(&bed, bed.person,
                     "{\"login\": \"ada\", \"status\": \"A\", \"" EMAILS "\": [{\"address\": \"a@x\"}]}");
    bed_create(&bed, bed.token, quote("{\"name\": \"t\", \"tenant\": \"a%%b\", \"holder\": \"%s\"}", ada, NULL));
    ck_err(bed_try_remove(&bed, bed.person, ada, NULL), SCIM_E_CONFLICT);
    ck_assert_str_eq(bed_ask(&bed, "SELECT COUNT(*) FROM person_email"), "1");
    bed_close(&bed);
}
END_TEST

/* ---- sql.where ---- */

START_TEST(rows_outside_of_the_condition_do_not_exist)
{
    static const char foreign[] = "11111111-2222-4333-8444-555555555555";
    const char *key, *in = foreign, *out;
    scim_record_t record;
    int changed;

    bed_open(&bed, _i, NULL);
    key = bed_create(&bed, bed.token, "{\"name\": \"mine\", \"tenant\": \"a%b\"}");
    sql_direct_run(&bed.direct,
                   apr_psprintf(test_pool,
                                "INSERT INTO token (id, name, tenant) VALUES ('%s', 'theirs', 'axb')",
                                foreign));
    ck_assert_str_eq(bed_find(&bed, bed.token, NULL), key);
    ck_err(scim_sql_connector.get(bed.session, bed.token, foreign, bed_attrs("id"), &record, test_pool),
           SCIM_E_NOT_FOUND);
    ck_err(
        bed_try_modify(&bed, bed.token, foreign, NULL, (bed_mod_t[]){ SET("name", "\"x\""), END }, &changed),
        SCIM_E_NOT_FOUND);
    ck_err(bed_try_remove(&bed, bed.token, foreign, NULL), SCIM_E_NOT_FOUND);
    ck_ok(scim_sql_connector.resolve(bed.session, bed.token, NULL, "name", &in, &out, 1, test_pool));
    ck_assert_ptr_null(out);
    ck_assert_str_eq(bed_ask(&bed, "SELECT COUNT(*) FROM token"), "2");
    bed_close(&bed);
}
END_TEST

/* Nobody could find what he has written. */
START_TEST(no_record_is_put_outside_of_the_condition)
{
    const char *key;
    int changed;

    bed_open(&bed, _i, NULL);
    ck_err(bed_try_create(&bed, bed.token, "{\"name\": \"x\", \"tenant\": \"other\"}", &key), SCIM_E_INVALID_VALUE);
    key = bed_create(&bed, bed.token, "{\"name\": \"mine\", \"tenant\": \"a%b\"}");
    ck_err(bed_try_modify(&bed, bed.token, key, NULL, (bed_mod_t[]){ SET("tenant", "\"other\""), END },
                          &changed),
           SCIM_E_INVALID_VALUE);
    ck_assert_str_eq(bed_ask(&bed, "SELECT name, tenant FROM token"), "mine|a%b");
    bed_close(&bed);
}
END_TEST

/* ---- references ---- */

START_TEST(values_are_translated_in_batches)
{
    enum { N = 1203 };
    const char *in[N], *out[N];
    int i;

    bed_open(&bed, _i, NULL);
    ck_ok(scim_sql_connector.begin(bed.session));
    for (i = 0; i < N; i++) {
        const char *key;

        in[i] = apr_psprintf(test_pool, "s%d", i);
        if (i % 3 != 0)
            ck_ok(scim_sql_connector.create(
                bed.session, bed.sample,
                test_json(apr_psprintf(test_pool, "{\"id\": \"s%d\", \"txt\": \"T%d\"}", i, i)), &key,
                test_pool));
    }
    ck_ok(scim_sql_connector.commit(bed.session));
    in[1] = in[2];
    ck_ok(scim_sql_connector.resolve(bed.session, bed.sample, NULL, "txt", in, out, N, test_pool));
    for (i = 2; i < N; i++) {
        if (i % 3 == 0)
            ck_assert_ptr_null(out[i]);
        else
            ck_assert_str_eq(out[i], apr_psprintf(test_pool, "T%d", i));
    }
    ck_assert_str_eq(out[1], "T2");
    for (i = 0; i < N; i++)
        in[i] = apr_psprintf(test_pool, "T%d", i);
    ck_ok(scim_sql_connector.resolve(bed.session, bed.sample, "txt", NULL, in, out, N, test_pool));
    ck_assert_str_eq(out[N - 1], "s1202");
    in[0] = "t1";
    ck_ok(scim_sql_connector.resolve(bed.session, bed.sample, "txt", NULL, in, out, 1, test_pool));
    ck_assert_ptr_null(out[0]);
    bed_close(&bed);
}
END_TEST

START_TEST(keys_of_another_type_are_no_keys)
{
    const char *in[] = { "x", "1 OR 1", "", "1", "00000000-0000-4000-8000-00000000000g" }, *out[5], *key;
    int i;

    bed_open(&bed, _i, NULL);
    key = bed_create(&bed, bed.badge, "{\"holder\": \"ada\"}");
    in[3] = key;
    ck_ok(scim_sql_connector.resolve(bed.session, bed.badge, NULL, NULL, in, out, 5, test_pool));
    for (i = 0; i < 5; i++) {
        if (i == 3)
            ck_assert_str_eq(out[i], key);
        else
            ck_assert_ptr_null(out[i]);
    }
    ck_ok(scim_sql_connector.resolve(bed.session, bed.token, NULL, NULL, in, out, 5, test_pool));
    ck_assert_ptr_null(out[4]);
    bed_close(&bed);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("sql");
    TCase *tc = tcase_create("records");
    int n = sql_servers_start(), failed = EXIT_FAILURE;

    tcase_add_checked_fixture(tc, test_setup, test_teardown);
    tcase_set_timeout(tc, 60);
    if (n > 0) {
        bed_prepare(n);
        tcase_add_loop_test(tc, a_record_is_read_as_it_was_created, 0, n);
        tcase_add_loop_test(tc, what_is_not_asked_for_is_not_read, 0, n);
        tcase_add_loop_test(tc, there_is_no_record_with_another_key, 0, n);
        tcase_add_loop_test(tc, keys_are_exact, 0, n);
        tcase_add_loop_test(tc, the_database_makes_keys, 0, n);
        tcase_add_loop_test(tc, values_come_in_the_type_of_their_column, 0, n);
        tcase_add_loop_test(tc, time_stamps_are_the_clocks, 0, n);
        tcase_add_loop_test(tc, a_change_writes_what_it_names, 0, n);
        tcase_add_loop_test(tc, a_change_that_changes_nothing_leaves_version_and_time, 0, n);
        tcase_add_loop_test(tc, equal_values_are_no_change, 0, n);
        tcase_add_loop_test(tc, the_last_of_several_values_stays, 0, n);
        tcase_add_loop_test(tc, a_key_does_not_change, 0, n);
        tcase_add_loop_test(tc, a_change_may_demand_a_version, 0, n);
        tcase_add_loop_test(tc, a_change_of_a_list_is_a_change_of_the_record, 0, n);
        tcase_add_loop_test(tc, lists_come_in_their_order, 0, n);
        tcase_add_loop_test(tc, a_record_without_rows_has_an_empty_list, 0, n);
        tcase_add_loop_test(tc, setting_a_list_writes_the_difference, 0, n);
        tcase_add_loop_test(tc, adding_what_is_there_changes_nothing, 0, n);
        tcase_add_loop_test(tc, elements_may_name_different_columns, 0, n);
        tcase_add_loop_test(tc, removing_takes_what_has_the_named_values, 0, n);
        tcase_add_loop_test(tc, removing_nothing_in_particular_removes_nothing, 0, n);
        tcase_add_loop_test(tc, parts_of_a_change_are_done_in_order, 0, n);
        tcase_add_loop_test(tc, members_come_and_go, 0, n);
        tcase_add_loop_test(tc, a_record_goes_with_its_rows, 0, n);
        tcase_add_loop_test(tc, a_record_that_is_needed_stays, 0, n);
        tcase_add_loop_test(tc, rows_outside_of_the_condition_do_not_exist, 0, n);
        tcase_add_loop_test(tc, no_record_is_put_outside_of_the_condition, 0, n);
        tcase_add_loop_test(tc, values_are_translated_in_batches, 0, n);
        tcase_add_loop_test(tc, keys_of_another_type_are_no_keys, 0, n);
        suite_add_tcase(suite, tc);
        failed = test_run(suite);
    }
    sql_servers_stop();
    return failed;
}
