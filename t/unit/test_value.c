/* SPDX-License-Identifier: Apache-2.0 */

/* Values of properties: docs/directives.md, SCIMProperty. */

#include <string.h>

#include "common.h"
#include "scimp_value.h"

static const scim_property_t number = { "x.number", SCIM_PROP_INT, NULL, NULL, SCIM_PROP_TARGET, 0, 0, "" };
static const scim_property_t flag = { "x.flag", SCIM_PROP_BOOL, NULL, NULL, SCIM_PROP_TARGET, 0, 0, "" };
static const scim_property_t choice = { "x.choice", SCIM_PROP_CHOICE, "none|uuid|database", NULL,
                                        SCIM_PROP_TARGET, 0, 0, "" };
static const scim_property_t text = { "x.text", SCIM_PROP_STRING, NULL, NULL, SCIM_PROP_TARGET, 0, 0, "" };

/* What connectors see; NULL where the value is refused. */
static const struct {
    const scim_property_t *row;
    const char            *value, *seen;
} values[] = {
    { &number, "0", "0" },
    { &number, "30", "30" },
    { &number, "007", "7" },
    { &number, "-1", "-1" },
    { &number, "9223372036854775807", "9223372036854775807" },
    { &number, "9223372036854775808", NULL },
    { &number, "", NULL },
    { &number, "x", NULL },
    { &number, "1x", NULL },
    { &number, "1 ", NULL },
    { &number, "1.5", NULL },
    { &number, "0x10", NULL },
    { &flag, "On", "true" },
    { &flag, "on", "true" },
    { &flag, "TRUE", "true" },
    { &flag, "yes", "true" },
    { &flag, "Off", "false" },
    { &flag, "false", "false" },
    { &flag, "NO", "false" },
    { &flag, "1", NULL },
    { &flag, "", NULL },
    { &flag, "onn", NULL },
    { &choice, "none", "none" },
    { &choice, "uuid", "uuid" },
    { &choice, "database", "database" },
    { &choice, "UUID", NULL },
    { &choice, "uu", NULL },
    { &choice, "uuids", NULL },
    { &choice, "", NULL },
    { &choice, "|", NULL },
    { &choice, "uuid|", NULL },
    { &choice, "none|uuid", NULL },
    { &choice, "none|uuid|database", NULL },
    { &text, "", "" },
    { &text, " any | thing ", " any | thing " }
};

START_TEST(a_value_is_as_its_row_says)
{
    const char *value = values[_i].value;
    const char *problem = scimp_value_normalise(&value, values[_i].row, test_pool);

    if (values[_i].seen) {
        ck_assert_msg(!problem, "%s: %s", values[_i].value, problem);
        ck_assert_str_eq(value, values[_i].seen);
        return;
    }
    ck_assert_msg(problem != NULL, "'%s' passes", values[_i].value);
    ck_assert_msg(strstr(problem, values[_i].row->name) != NULL, "%s", problem);
}
END_TEST

START_TEST(of_a_choice_the_words_are_said)
{
    const char *value = "uid";

    ck_assert_str_eq(scimp_value_normalise(&value, &choice, test_pool), "x.choice wants one of none|uuid|database");
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("value");
    TCase *tc = tcase_create("all");

    tcase_add_checked_fixture(tc, test_setup, test_teardown);
    tcase_add_loop_test(tc, a_value_is_as_its_row_says, 0, (int)(sizeof values / sizeof *values));
    tcase_add_test(tc, of_a_choice_the_words_are_said);
    suite_add_tcase(suite, tc);
    return test_run(suite);
}
