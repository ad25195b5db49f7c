/* SPDX-License-Identifier: Apache-2.0 */
#include "scim_date.h"

#include <time.h>

#include <apr_strings.h>

#define MICRO APR_USEC_PER_SEC

static int is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* Takes exactly n digits. -1 if there are fewer. */
static int number(const char **at, int n)
{
    int value = 0;

    for (; n; n--, (*at)++) {
        if (!is_digit(**at))
            return -1;
        value = value * 10 + (**at - '0');
    }
    return value;
}

static int take(const char **at, char c)
{
    if (**at != c)
        return 0;
    (*at)++;
    return 1;
}

/* "04:42", "04:42:34", "04:42:34.123". Midnight may be written 24:00:00 (xsd:dateTime), as the end of the
 * day. */
static int parse_time(const char **at, struct tm *tm, long *micro, int strict)
{
    long unit;

    *micro = 0;
    tm->tm_hour = number(at, 2);
    if (tm->tm_hour < 0 || !take(at, ':'))
        return -1;
    tm->tm_min = number(at, 2);
    if (tm->tm_min < 0 || tm->tm_min > 59)
        return -1;
    if (take(at, ':')) {
        tm->tm_sec = number(at, 2);
        if (tm->tm_sec < 0 || tm->tm_sec > 59)
            return -1;
        if (take(at, '.')) {
            if (!is_digit(**at))
                return -1;
            for (unit = MICRO / 10; is_digit(**at); unit /= 10, (*at)++)
                *micro += unit * (**at - '0');
        }
    }
    else if (strict) {
        return -1;
    }
    return tm->tm_hour < 24 || (tm->tm_hour == 24 && !tm->tm_min && !tm->tm_sec && !*micro) ? 0 : -1;
}

/* "Z", "+02:00"; leniently "+0200", "+02", or nothing. At most fourteen hours (xsd:dateTime). */
static int parse_offset(const char **at, int *seconds, int strict)
{
    const int east = **at == '+';
    int hours, minutes = 0;

    *seconds = 0;
    if (take(at, 'Z') || (!strict && **at == '\0'))
        return 0;
    if (!take(at, '+') && !take(at, '-'))
        return -1;
    hours = number(at, 2);
    if (take(at, ':') || (!strict && is_digit(**at)))
        minutes = number(at, 2);
    else if (strict)
        return -1;
    if (hours < 0 || minutes < 0 || minutes > 59 || hours * 60 + minutes > 14 * 60)
        return -1;
    *seconds = (hours * 60 + minutes) * (east ? 60 : -60);
    return 0;
}

static int parse_day(const char **at, struct tm *tm)
{
    const int year = number(at, 4);

    if (year < 1 || !take(at, '-'))
        return -1;
    tm->tm_year = year - 1900;
    tm->tm_mon = number(at, 2) - 1;
    if (tm->tm_mon < 0 || tm->tm_mon > 11 || !take(at, '-'))
        return -1;
    tm->tm_mday = number(at, 2);
    return tm->tm_mday < 1 ? -1 : 0;
}

/* False for the 30th of February: timegm() would make it a day of March. */
static int exists(const struct tm *tm)
{
    struct tm day = { .tm_year = tm->tm_year, .tm_mon = tm->tm_mon, .tm_mday = tm->tm_mday };

    timegm(&day);
    return day.tm_mday == tm->tm_mday;
}

int scim_date_parse(apr_time_t *out, const char *text, int strict)
{
    struct tm tm = { 0 };
    long micro = 0;
    int offset = 0;

    if (parse_day(&text, &tm) || !exists(&tm))
        return -1;
    if (*text || strict) {
        if (!take(&text, 'T') && (strict || !take(&text, ' ')))
            return -1;
        if (parse_time(&text, &tm, &micro, strict) || parse_offset(&text, &offset, strict))
            return -1;
    }
    if (*text)
        return -1;
    *out = ((apr_time_t)timegm(&tm) - offset) * MICRO + micro;
    return 0;
}

const char *scim_date_format(apr_time_t t, apr_pool_t *p)
{
    struct tm tm;
    long micro = (long)(t % MICRO);
    time_t seconds = (time_t)(t / MICRO);
    const char *fraction = "";

    if (micro < 0) {
        micro += MICRO;
        seconds--;
    }
    if (micro)
        fraction = micro % 1000 ? apr_psprintf(p, ".%06ld", micro) : apr_psprintf(p, ".%03ld", micro / 1000);
    gmtime_r(&seconds, &tm);
    return apr_psprintf(p, "%04d-%02d-%02dT%02d:%02d:%02d%sZ", tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday,
                        tm.tm_hour, tm.tm_min, tm.tm_sec, fraction);
}
