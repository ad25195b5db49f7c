/* SPDX-License-Identifier: Apache-2.0 */
#include "common.h"
#include "scim_date.h"

#define COUNT(array) (int)(sizeof(array) / sizeof((array)[0]))

enum { NEITHER, LENIENT, BOTH };

/* A text, who takes it, and how the instant is written in UTC. The seconds are those that date(1) tells. */
static const struct {
    const char *text;
    int         taken;
    apr_int64_t seconds, micro;
    const char *prints;
} dates[] = {
    /* RFC 7643 section 2.3.5, and the examples of its resources */
    { "2008-01-23T04:56:22Z", BOTH, 1201064182, 0, "2008-01-23T04:56:22Z" },
    { "2011-05-13T04:42:34Z", BOTH, 1305261754, 0, "2011-05-13T04:42:34Z" },

    { "2011-05-13T04:42:34.123Z", BOTH, 1305261754, 123000, "2011-05-13T04:42:34.123Z" },
    { "2011-05-13T04:42:34.1Z", BOTH, 1305261754, 100000, "2011-05-13T04:42:34.100Z" },
    { "2011-05-13T04:42:34.123456Z", BOTH, 1305261754, 123456, "2011-05-13T04:42:34.123456Z" },
    { "2011-05-13T04:42:34.1234569Z", BOTH, 1305261754, 123456, "2011-05-13T04:42:34.123456Z" },
    { "2011-05-13T04:42:34.000Z", BOTH, 1305261754, 0, "2011-05-13T04:42:34Z" },
    { "2011-05-13T04:42:34.0000009Z", BOTH, 1305261754, 0, "2011-05-13T04:42:34Z" },
    { "2011-05-13T06:42:34+02:00", BOTH, 1305261754, 0, "2011-05-13T04:42:34Z" },
    { "2011-05-12T23:12:34-05:30", BOTH, 1305261754, 0, "2011-05-13T04:42:34Z" },
    { "2011-05-13T04:42:34-00:00", BOTH, 1305261754, 0, "2011-05-13T04:42:34Z" },
    { "2011-05-13T18:42:34+14:00", BOTH, 1305261754, 0, "2011-05-13T04:42:34Z" },
    { "1970-01-01T00:00:00Z", BOTH, 0, 0, "1970-01-01T00:00:00Z" },
    { "1969-12-31T23:59:59.5Z", BOTH, -1, 500000, "1969-12-31T23:59:59.500Z" },
    { "2000-02-29T00:00:00Z", BOTH, 951782400, 0, "2000-02-29T00:00:00Z" },
    { "1900-02-28T23:59:59Z", BOTH, -2203891201, 0, "1900-02-28T23:59:59Z" },
    { "2010-12-31T24:00:00Z", BOTH, 1293840000, 0, "2011-01-01T00:00:00Z" },
    { "0001-01-01T00:00:00Z", BOTH, -62135596800, 0, "0001-01-01T00:00:00Z" },
    { "9999-12-31T23:59:59.999999Z", BOTH, 253402300799, 999999, "9999-12-31T23:59:59.999999Z" },

    /* as databases write them */
    { "2011-05-13 04:42:34", LENIENT, 1305261754, 0, "2011-05-13T04:42:34Z" },
    { "2011-05-13 04:42:34.123456+00", LENIENT, 1305261754, 123456, "2011-05-13T04:42:34.123456Z" },
    { "2011-05-13 06:42:34+02", LENIENT, 1305261754, 0, "2011-05-13T04:42:34Z" },
    { "2011-05-13 10:12:34+0530", LENIENT, 1305261754, 0, "2011-05-13T04:42:34Z" },
    { "2011-05-13T04:42:34", LENIENT, 1305261754, 0, "2011-05-13T04:42:34Z" },
    { "2011-05-13T04:42", LENIENT, 1305261720, 0, "2011-05-13T04:42:00Z" },
    { "2011-05-13T04:42Z", LENIENT, 1305261720, 0, "2011-05-13T04:42:00Z" },
    { "2011-05-13", LENIENT, 1305244800, 0, "2011-05-13T00:00:00Z" },

    { .text = "" },
    { .text = "now" },
    { .text = "2011" },
    { .text = "2011-05" },
    { .text = "2011-5-13T04:42:34Z" },
    { .text = "11-05-13T04:42:34Z" },
    { .text = "0000-01-01T00:00:00Z" },
    { .text = "-2011-05-13T04:42:34Z" },
    { .text = "12011-05-13T04:42:34Z" },
    { .text = "2011-00-13T04:42:34Z" },
    { .text = "2011-13-13T04:42:34Z" },
    { .text = "2011-05-00T04:42:34Z" },
    { .text = "2011-05-32T04:42:34Z" },
    { .text = "2011-04-31T04:42:34Z" },
    { .text = "2011-02-29T04:42:34Z" },
    { .text = "1900-02-29T04:42:34Z" },
    { .text = "2011-05-13T24:00:01Z" },
    { .text = "2011-05-13T24:00:00.1Z" },
    { .text = "2011-05-13T25:00:00Z" },
    { .text = "2011-05-13T04:60:00Z" },
    { .text = "2011-05-13T04:42:60Z" },
    { .text = "2011-05-13T4:42:34Z" },
    { .text = "2011-05-13T04:42:34.Z" },
    { .text = "2011-05-13T04:42:34,5Z" },
    { .text = "2011-05-13T04:42:34+14:01" },
    { .text = "2011-05-13T04:42:34+15:00" },
    { .text = "2011-05-13T04:42:34+02:60" },
    { .text = "2011-05-13T04:42:34+2" },
    { .text = "2011-05-13T04:42:34+02:" },
    { .text = "2011-05-13T04:42:34Z " },
    { .text = " 2011-05-13T04:42:34Z" },
    { .text = "2011-05-13T04:42:34ZZ" },
    { .text = "2011-05-13T" },
    { .text = "2011-05-13x04:42:34Z" },
    { .text = "2011-05-13T04:42:34+02:00x" },
    { .text = "2011/05/13T04:42:34Z" },
};

static void check(const char *text, int strict, int taken, apr_time_t expected)
{
    apr_time_t t = -1;
    const int rc = scim_date_parse(&t, text, strict);

    ck_assert_msg(rc == (taken ? 0 : -1), "%s: %d", text, rc);
    if (taken)
        ck_assert_int_eq(t, expected);
}

START_TEST(dates_are_read)
{
    const apr_time_t expected = dates[_i].seconds * APR_USEC_PER_SEC + dates[_i].micro;

    check(dates[_i].text, 1, dates[_i].taken == BOTH, expected);
    check(dates[_i].text, 0, dates[_i].taken != NEITHER, expected);
}
END_TEST

START_TEST(dates_are_written)
{
    const apr_time_t t = dates[_i].seconds * APR_USEC_PER_SEC + dates[_i].micro;

    if (dates[_i].taken == NEITHER)
        return;
    ck_assert_str_eq(scim_date_format(t, test_pool), dates[_i].prints);
    check(dates[_i].prints, 1, 1, t);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("date");
    TCase *tc = tcase_create("date");

    suite_add_tcase(suite, tc);
    tcase_add_checked_fixture(tc, test_setup, test_teardown);
    tcase_add_loop_test(tc, dates_are_read, 0, COUNT(dates));
    tcase_add_loop_test(tc, dates_are_written, 0, COUNT(dates));
    return test_run(suite);
}
