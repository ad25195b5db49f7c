/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include <apr_strings.h>

#include "scim_sql.h"
#include "sql_bed.h"

/* The parts of the SQL connector that need no database: statement texts of each dialect, what drivers are
 * told, what their errors mean, what the configuration may say. */

#define COUNT(array) ((int)(sizeof(array) / sizeof(*(array))))
#define PARTS "rows(part, doc_id)"

static const char *const drivers[] = { "sqlite3", "pgsql", "mysql" };
static const char *const params[] = { "/var/lib/x.db", "dbname=x", "dbname=x" };

static scim_target_t *target;
static scim_entity_t *doc;
static scim_sql_conn_t conn;

static void know(const char *table, const char *column, scim_sql_class_t cls)
{
    scim_sql_table_t *known = apr_hash_get(conn.tables, table, APR_HASH_KEY_STRING);
    scim_sql_column_t *made = apr_pcalloc(test_pool, sizeof(*made));

    if (!known) {
        known = apr_pcalloc(test_pool, sizeof(*known));
        known->name = table;
        known->columns = apr_hash_make(test_pool);
        apr_hash_set(conn.tables, table, APR_HASH_KEY_STRING, known);
    }
    made->name = column;
    made->cls = cls;
    made->ci = conn.kind == SCIM_SQL_MYSQL && cls == SCIM_SQL_TEXT;
    apr_hash_set(known->columns, column, APR_HASH_KEY_STRING, made);
}

/* A connection that learned these columns, of a database as it usually is. */
static void prepare(int kind)
{
    static const char *const properties[] = { "sql.table",      "doc", "sql.key", "id", "sql.where",
                                              "kind LIKE 'a%'", NULL };

    target = bed_target(drivers[kind], params[kind], NULL);
    doc = bed_entity(target, "Doc", properties, "id; name!; size!; at!; " PARTS "!: txt, kind", NULL);
    memset(&conn, 0, sizeof(conn));
    conn.target = target;
    conn.kind = (scim_sql_kind_t)kind;
    conn.errors = test_pool;
    conn.tables = apr_hash_make(test_pool);
    conn.max_args = 32000;
    conn.lower = conn.icu = conn.collations = 1;
    know("doc", "id", SCIM_SQL_INT);
    know("doc", "name", SCIM_SQL_TEXT);
    know("doc", "size", SCIM_SQL_INT);
    know("doc", "at", SCIM_SQL_TIME);
    know("part", "txt", SCIM_SQL_TEXT);
    know("part", "kind", SCIM_SQL_TEXT);
}

static scim_sql_text_t *where_of(const scim_qfilter_t *filter)
{
    scim_sql_text_t *q = scim_sql_text(&conn, test_pool);

    ck_ok(scim_sql_put_filter(q, doc, filter));
    return q;
}

static void check_filter(const scim_qfilter_t *filter, const char *const expected[3], int kind, const char *args)
{
    scim_sql_text_t *q = where_of(filter);
    const char *all = "";
    int i;

    for (i = 0; i < q->args->nelts; i++)
        all = apr_pstrcat(test_pool, all, i ? "|" : "", APR_ARRAY_IDX(q->args, i, const char *), NULL);
    ck_assert_str_eq(scim_sql_show(q, test_pool), expected[kind]);
    ck_assert_str_eq(all, args);
}

/* ---- statement texts ---- */

START_TEST(equality_without_case_can_use_an_index)
{
    static const char *const expected[] = {
        "(t.\"name\" IS NOT NULL AND (LOWER(t.\"name\") = $1))",
        ("(t.\"name\" IS NOT NULL AND (LOWER(t.\"name\") = $1 AND LOWER(CAST(t.\"name\" AS TEXT) COLLATE "
         "\"C\") = CAST($2 AS TEXT)))"),
        ("(t.`name` IS NOT NULL AND (t.`name` = $1 AND CAST(LOWER(CONVERT(CAST(CONVERT(t.`name` USING "
         "utf8mb4) AS BINARY) USING latin1)) AS BINARY) = CAST(CONVERT($2 USING utf8mb4) AS BINARY)))")
    };

    prepare(_i);
    check_filter(bed_cmp("name", SCIM_CMP_EQ, "\"Ada\"", SCIM_TYPE_STRING, 0), expected, _i, _i ? "ada|ada" : "ada");
}
END_TEST

START_TEST(exact_equality_can_use_an_index)
{
    static const char *const expected[] = {
        "(t.\"name\" IS NOT NULL AND (t.\"name\" = $1 AND t.\"name\" COLLATE BINARY = $2))",
        ("(t.\"name\" IS NOT NULL AND (t.\"name\" = $1 AND CAST(t.\"name\" AS TEXT) COLLATE \"C\" = CAST($2 "
         "AS TEXT)))"),
        ("(t.`name` IS NOT NULL AND (t.`name` = $1 AND CAST(CONVERT(t.`name` USING utf8mb4) AS BINARY) = "
         "CAST(CONVERT($2 USING utf8mb4) AS BINARY)))")
    };

    prepare(_i);
    check_filter(bed_cmp("name", SCIM_CMP_EQ, "\"Ada\"", SCIM_TYPE_STRING, 1), expected, _i, "Ada|Ada");
}
END_TEST

START_TEST(an_element_is_looked_for_with_exists)
{
    static const char *const expected[] = {
        ("EXISTS (SELECT 1 FROM \"part\" r WHERE r.\"doc_id\" = t.\"id\" AND (r.\"txt\" IS NOT NULL AND "
         "(LOWER(r.\"txt\") = $1)))"),
        ("EXISTS (SELECT 1 FROM \"part\" r WHERE r.\"doc_id\" = t.\"id\" AND (r.\"txt\" IS NOT NULL AND "
         "(LOWER(r.\"txt\") = $1 AND LOWER(CAST(r.\"txt\" AS TEXT) COLLATE \"C\") = CAST($2 AS TEXT))))"),
        ("EXISTS (SELECT 1 FROM `part` r WHERE r.`doc_id` = t.`id` AND (r.`txt` IS NOT NULL AND (r.`txt` = $1 "
         "AND CAST(LOWER(CONVERT(CAST(CONVERT(r.`txt` USING utf8mb4) AS BINARY) USING latin1)) AS BINARY) = "
         "CAST(CONVERT($2 USING utf8mb4) AS BINARY))))")
    };

    prepare(_i);
    check_filter(bed_elem(PARTS, bed_cmp("txt", SCIM_CMP_EQ, "\"X\"", SCIM_TYPE_STRING, 0)), expected, _i,
                 _i ? "x|x" : "x");
}
END_TEST

/* A number column is asked with numbers only: MariaDB would take "12abc" for 12. */
START_TEST(what_is_no_number_is_not_compared_with_one)
{
    static const char *const texts[] = {
        "12abc", "", "1e3", "0x1", " 1", "1 ", "01", "+1", "-0", "1.0", "99999999999999999999", "\xd9\xa1"
    };
    int i;

    prepare(_i);
    for (i = 0; i < COUNT(texts); i++) {
        scim_sql_text_t *q = scim_sql_text(&conn, test_pool);

        ck_assert_msg(!scim_sql_put_key(q, doc, texts[i]), "%s", texts[i]);
        q = where_of(bed_cmp("size", SCIM_CMP_EQ, apr_psprintf(test_pool, "\"%s\"", texts[i]), SCIM_TYPE_STRING, 1));
        ck_assert_int_eq(q->args->nelts, 0);
    }
    ck_assert(scim_sql_put_key(scim_sql_text(&conn, test_pool), doc, "-9223372036854775808"));
}
END_TEST

START_TEST(values_are_never_in_the_text)
{
    static const char *const nasty[] = {
        "'; DROP TABLE doc; --", "%s", "%", "\\", "$1", "?", ":x", "\"", "`", "a!%_b", "*?["
    };
    int op, exact, i;

    prepare(_i);
    for (i = 0; i < COUNT(nasty); i++)
        for (op = SCIM_CMP_EQ; op <= SCIM_CMP_LE; op++)
            for (exact = 0; exact < 2; exact++) {
                scim_qfilter_t filter = *bed_cmp("name", (scim_cmp_t)op, NULL, SCIM_TYPE_STRING, exact), plain = filter;

                filter.value = scim_json_own(test_pool, json_string(nasty[i]));
                plain.value = scim_json_own(test_pool, json_string("x"));
                ck_assert_str_eq(where_of(&filter)->text, where_of(&plain)->text);
            }
}
END_TEST

/* apr_dbd reads %s as a parameter: everything else that has a percent sign has two. */
START_TEST(percent_signs_are_doubled)
{
    scim_sql_text_t *q;

    prepare(_i);
    q = scim_sql_text(&conn, test_pool);
    ck_ok(scim_sql_put_where(q, doc, NULL));
    ck_assert_ptr_nonnull(strstr(q->text, "(kind LIKE 'a%%')"));
    q = scim_sql_text(&conn, test_pool);
    scim_sql_put_name(q, "a%s");
    ck_assert_str_eq(q->text, _i == SCIM_SQL_MYSQL ? "`a%%s`" : "\"a%%s\"");
}
END_TEST

START_TEST(names_are_quoted)
{
    scim_sql_text_t *q;

    prepare(_i);
    q = scim_sql_text(&conn, test_pool);
    scim_sql_put_name(q, "hr.per\"so`n");
    ck_assert_str_eq(q->text, _i == SCIM_SQL_MYSQL ? "`hr`.`per\"so``n`" : "\"hr\".\"per\"\"so`n\"");
}
END_TEST

/* So that SQLite and MariaDB prepare few statements. */
START_TEST(lists_of_values_have_few_lengths)
{
    const char *values[300];
    apr_hash_t *texts;
    int n;

    prepare(_i);
    texts = apr_hash_make(test_pool);
    for (n = 0; n < 300; n++)
        values[n] = "x";
    for (n = 1; n <= 300; n++) {
        scim_sql_text_t *q = scim_sql_text(&conn, test_pool);

        scim_sql_arg_list(q, values, n);
        ck_assert_int_ge(q->args->nelts, n);
        apr_hash_set(texts, q->text, APR_HASH_KEY_STRING, "");
    }
    ck_assert_int_eq((int)apr_hash_count(texts), 10);
}
END_TEST

START_TEST(order_and_pages)
{
    static const scim_qsort_t sort = { .attr = "size", .type = SCIM_TYPE_INTEGER, .descending = 1 };
    static const char *const expected[] = {
        (" ORDER BY CASE WHEN t.\"size\" IS NULL THEN 1 ELSE 0 END DESC, t.\"size\" DESC, t.\"id\" LIMIT "
         "CAST($1 AS INTEGER) OFFSET CAST($2 AS INTEGER)"),
        (" ORDER BY CASE WHEN t.\"size\" IS NULL THEN 1 ELSE 0 END DESC, t.\"size\" DESC, t.\"id\" LIMIT 10 "
         "OFFSET 20"),
        (" ORDER BY CASE WHEN t.`size` IS NULL THEN 1 ELSE 0 END DESC, t.`size` DESC, t.`id` LIMIT 10 OFFSET "
         "20")
    };
    scim_sql_text_t *q;

    prepare(_i);
    q = scim_sql_text(&conn, test_pool);
    scim_sql_put_order(q, doc, &sort);
    scim_sql_put_limit(q, 10, 20);
    ck_assert_str_eq(scim_sql_show(q, test_pool), expected[_i]);
    q = scim_sql_text(&conn, test_pool);
    scim_sql_put_limit(q, -1, 0);
    ck_assert_str_eq(q->text, "");
}
END_TEST

/* ---- what can be answered ---- */

START_TEST(what_is_not_known_is_not_promised)
{
    const char *umlaut = "\"\xc3\xa4\"";

    prepare(_i);
    ck_assert_int_eq(
        scim_sql_match_of(&conn, doc, NULL, bed_cmp("name", SCIM_CMP_GT, "\"a\"", SCIM_TYPE_STRING, 0)),
        SCIM_MATCH_EXACT);
    ck_assert_int_eq(
        scim_sql_match_of(&conn, doc, NULL, bed_cmp("name", SCIM_CMP_CO, umlaut, SCIM_TYPE_STRING, 0)),
        SCIM_MATCH_SUPERSET);
    ck_assert_int_eq(
        scim_sql_match_of(&conn, doc, NULL, bed_cmp("name", SCIM_CMP_CO, umlaut, SCIM_TYPE_STRING, 1)),
        SCIM_MATCH_EXACT);
    conn.collations = 0;
    ck_assert_int_eq(
        scim_sql_match_of(&conn, doc, NULL, bed_cmp("name", SCIM_CMP_EQ, umlaut, SCIM_TYPE_STRING, 0)),
        SCIM_MATCH_SUPERSET);
    ck_assert_int_eq(
        scim_sql_match_of(&conn, doc, NULL, bed_cmp("name", SCIM_CMP_NE, umlaut, SCIM_TYPE_STRING, 0)),
        SCIM_MATCH_NONE);
    ck_assert_int_eq(
        scim_sql_match_of(&conn, doc, NULL, bed_cmp("name", SCIM_CMP_GT, umlaut, SCIM_TYPE_STRING, 0)),
        SCIM_MATCH_NONE);
    ck_assert_int_eq(
        scim_sql_match_of(&conn, doc, NULL, bed_cmp("name", SCIM_CMP_EQ, "1", SCIM_TYPE_INTEGER, 0)),
        SCIM_MATCH_NONE);
    ck_assert_int_eq(
        scim_sql_match_of(&conn, doc, NULL, bed_cmp("name", SCIM_CMP_EQ, "1", SCIM_TYPE_STRING, 0)),
        SCIM_MATCH_NONE);
    ck_assert_int_eq(scim_sql_match_of(&conn, doc, "rows(other, x)",
                                       bed_cmp("txt", SCIM_CMP_EQ, "\"a\"", SCIM_TYPE_STRING, 0)),
                     SCIM_MATCH_NONE);
    ck_assert_int_eq(
        scim_sql_match_of(&conn, doc, NULL, bed_cmp(PARTS, SCIM_CMP_PR, NULL, SCIM_TYPE_COMPLEX, 0)),
        SCIM_MATCH_NONE);
}
END_TEST

/* ---- types ---- */

static const struct {
    scim_sql_kind_t  kind;
    const char      *type;
    scim_sql_class_t cls;
} types[] = { { SCIM_SQL_SQLITE, "varchar(20)", SCIM_SQL_TEXT },
              { SCIM_SQL_SQLITE, "boolean", SCIM_SQL_BOOL },
              { SCIM_SQL_SQLITE, "timestamp", SCIM_SQL_TIME },
              { SCIM_SQL_SQLITE, "bigint", SCIM_SQL_INT },
              { SCIM_SQL_SQLITE, "", SCIM_SQL_ANY },
              { SCIM_SQL_SQLITE, "decimal(10,2)", SCIM_SQL_DECIMAL },
              { SCIM_SQL_PGSQL, "int8", SCIM_SQL_INT },
              { SCIM_SQL_PGSQL, "interval", SCIM_SQL_ANY },
              { SCIM_SQL_PGSQL, "int4range", SCIM_SQL_ANY },
              { SCIM_SQL_PGSQL, "bpchar", SCIM_SQL_CHAR },
              { SCIM_SQL_PGSQL, "citext", SCIM_SQL_CITEXT },
              { SCIM_SQL_PGSQL, "_text", SCIM_SQL_ANY },
              { SCIM_SQL_PGSQL, "jsonb", SCIM_SQL_ANY },
              { SCIM_SQL_PGSQL, "timestamptz", SCIM_SQL_TIME },
              { SCIM_SQL_PGSQL, "uuid", SCIM_SQL_UUID },
              { SCIM_SQL_MYSQL, "longblob", SCIM_SQL_BINARY },
              { SCIM_SQL_MYSQL, "tinyint", SCIM_SQL_INT },
              { SCIM_SQL_MYSQL, "date", SCIM_SQL_ANY },
              { SCIM_SQL_MYSQL, "datetime", SCIM_SQL_TIME },
              { SCIM_SQL_MYSQL, "bit", SCIM_SQL_BIT },
              { SCIM_SQL_MYSQL, "longtext", SCIM_SQL_TEXT } };

START_TEST(types_have_classes)
{
    ck_assert_int_eq(scim_sql_class(types[_i].kind, types[_i].type), types[_i].cls);
}
END_TEST

static const struct {
    scim_sql_class_t cls;
    const char      *a, *b;
    int              same;
} pairs[] = { { SCIM_SQL_DECIMAL, "1.50", "1.5", 1 },
              { SCIM_SQL_DECIMAL, "1.0", "1", 1 },
              { SCIM_SQL_DECIMAL, "-0", "0", 1 },
              { SCIM_SQL_DECIMAL, "0.10", "0.01", 0 },
              { SCIM_SQL_DECIMAL, "10", "1", 0 },
              { SCIM_SQL_DECIMAL, "100", "1e2", 0 },
              { SCIM_SQL_INT, "007", "7", 1 },
              { SCIM_SQL_INT, "-7", "7", 0 },
              { SCIM_SQL_INT, "", "0", 0 },
              { SCIM_SQL_BOOL, "t", "1", 1 },
              { SCIM_SQL_BOOL, "false", "0", 1 },
              { SCIM_SQL_BOOL, "t", "f", 0 },
              { SCIM_SQL_TIME, "2024-01-01 00:00:00+00", "2024-01-01T01:00:00+01:00", 1 },
              { SCIM_SQL_TIME, "2024-01-01", "2024-01-02", 0 },
              { SCIM_SQL_CHAR, "a  ", "a", 1 },
              { SCIM_SQL_TEXT, "a ", "a", 0 },
              { SCIM_SQL_TEXT, "A", "a", 0 },
              { SCIM_SQL_TEXT, "1", "01", 0 },
              { SCIM_SQL_UUID, "ABCD", "abcd", 1 } };

START_TEST(equal_values_have_one_form)
{
    const scim_sql_column_t column = { .name = "x", .cls = pairs[_i].cls };

    ck_assert_int_eq(strcmp(scim_sql_canonical(&column, pairs[_i].a, test_pool),
                            scim_sql_canonical(&column, pairs[_i].b, test_pool))
                         == 0,
                     pairs[_i].same);
    ck_assert_ptr_null(scim_sql_canonical(&column, NULL, test_pool));
}
END_TEST

/* ---- errors ---- */

static const struct {
    scim_sql_kind_t    kind;
    int                rv;
    const char        *text;
    scim_sql_failure_t failure;
} failures[] = {
    { SCIM_SQL_SQLITE, 19, "UNIQUE constraint failed: person.login", SCIM_SQL_UNIQUE },
    { SCIM_SQL_SQLITE, 19, "CHECK constraint failed: status IN ('A', 'I')", SCIM_SQL_BAD_VALUE },
    { SCIM_SQL_SQLITE, 5, "database is locked", SCIM_SQL_BUSY },
    { SCIM_SQL_SQLITE, 1, "database schema has changed", SCIM_SQL_STALE },
    { SCIM_SQL_SQLITE, 1, "no such table: x", SCIM_SQL_OTHER },
    { SCIM_SQL_PGSQL, 7,
      "ERROR:  23505: duplicate key value violates unique constraint \"x\"\nDETAIL:  Key (a)=(22001: x)",
      SCIM_SQL_UNIQUE },
    { SCIM_SQL_PGSQL, 7, "FEHLER:  40P01: Verklemmung entdeckt\n", SCIM_SQL_DEADLOCK },
    { SCIM_SQL_PGSQL, 7, "ERROR:  22P02: invalid input syntax for type integer: \"a: 23505: b\"",
      SCIM_SQL_BAD_VALUE },
    { SCIM_SQL_PGSQL, 7, "FATAL:  57P01: terminating connection due to administrator command",
      SCIM_SQL_LOST },
    { SCIM_SQL_PGSQL, 7, "ERROR:  57014: canceling statement due to statement timeout", SCIM_SQL_TIMEOUT },
    { SCIM_SQL_PGSQL, 7, "server closed the connection unexpectedly\n\tThis probably means", SCIM_SQL_LOST },
    { SCIM_SQL_PGSQL, 7, "ERROR:  duplicate key value violates unique constraint \"x\"", SCIM_SQL_UNIQUE },
    { SCIM_SQL_PGSQL, 7, "ERROR:  42P01: relation \"x\" does not exist", SCIM_SQL_OTHER },
    { SCIM_SQL_PGSQL, 7, "ERROR:  42501: permission denied for table x", SCIM_SQL_DENIED },
    { SCIM_SQL_MYSQL, 1062, "", SCIM_SQL_UNIQUE },
    { SCIM_SQL_MYSQL, 1452, "", SCIM_SQL_FOREIGN_KEY },
    { SCIM_SQL_MYSQL, 1213, "", SCIM_SQL_DEADLOCK },
    { SCIM_SQL_MYSQL, 2013, "", SCIM_SQL_LOST },
    { SCIM_SQL_MYSQL, 1969, "", SCIM_SQL_TIMEOUT },
    { SCIM_SQL_MYSQL, 1146, "", SCIM_SQL_OTHER }
};

START_TEST(failures_are_told_apart)
{
    ck_assert_int_eq(scim_sql_classify(failures[_i].kind, failures[_i].rv, failures[_i].text), failures[_i].failure);
}
END_TEST

/* ---- what drivers are told ---- */

static const struct {
    scim_sql_kind_t kind;
    const char     *params, *password, *has, *problem;
} connecting[] = { { SCIM_SQL_SQLITE, "/x.db", NULL, "/x.db", NULL },
                   { SCIM_SQL_SQLITE, "file:/x.db?mode=rw", NULL, "file:/x.db?mode=rw", NULL },
                   { SCIM_SQL_SQLITE, "x.db", NULL, NULL, "absolute" },
                   { SCIM_SQL_SQLITE, ":memory:", NULL, NULL, "absolute" },
                   { SCIM_SQL_SQLITE, "/x.db", "p", NULL, "no passwords" },
                   { SCIM_SQL_PGSQL, "dbname=x", NULL, "tcp_user_timeout=10000 dbname=x", NULL },
                   { SCIM_SQL_PGSQL, "dbname=x connect_timeout=3", NULL, "dbname=x connect_timeout=3", NULL },
                   { SCIM_SQL_PGSQL, "dbname=x", "a'b\\c d", "dbname=x password='a\\'b\\\\c d'", NULL },
                   { SCIM_SQL_PGSQL, "dbname=x", "", "dbname=x password=''", NULL },
                   { SCIM_SQL_PGSQL, "dbname=x password=y", NULL, NULL, "sql.password" },
                   { SCIM_SQL_PGSQL, "dbname=x PASSWORD = y", NULL, NULL, "sql.password" },
                   { SCIM_SQL_PGSQL, "dbname=x passfile=/etc/pw", NULL, "passfile=/etc/pw", NULL },
                   { SCIM_SQL_PGSQL, "postgresql://u@h/x", "a&b=%c", "&password=a%26b%3D%25c", NULL },
                   { SCIM_SQL_PGSQL, "postgresql://u@h/x?sslmode=require", NULL,
                     "postgresql://u@h/x?sslmode=require&connect_timeout=10", NULL },
                   { SCIM_SQL_PGSQL, "postgresql://u@h/x?connect_timeout=3", NULL,
                     "postgresql://u@h/x?connect_timeout=3&keepalives_idle", NULL },
                   { SCIM_SQL_PGSQL, "postgresql://u:pw@h/x", NULL, NULL, "sql.password" },
                   { SCIM_SQL_PGSQL, "postgres://h:5432/x", NULL, "postgres://h:5432/x?", NULL },
                   { SCIM_SQL_MYSQL, "host=h,dbname=x", NULL, "host=h,dbname=x,reconnect=0,flags=none",
                     NULL },
                   { SCIM_SQL_MYSQL, "host=h,dbname=x", "a=b", ",pass=a=b", NULL },
                   { SCIM_SQL_MYSQL, "host=h,pass=x", NULL, NULL, "sql.password" },
                   { SCIM_SQL_MYSQL, "host=h", "a,b", NULL, "group=" },
                   { SCIM_SQL_MYSQL, "host=h", "a b", NULL, "group=" },
                   { SCIM_SQL_MYSQL, "host=h", "", NULL, "group=" } };

START_TEST(drivers_are_told_where_the_database_is)
{
    const scim_pool_limits_t limits = { .timeout = 10 * APR_USEC_PER_SEC };
    const char *conninfo = NULL;
    const char *problem = scim_sql_conninfo(&conninfo, connecting[_i].kind, connecting[_i].params,
                                            connecting[_i].password, &limits, test_pool);

    if (connecting[_i].problem)
        ck_assert_msg(problem && strstr(problem, connecting[_i].problem), "%s: %s", connecting[_i].params,
                      problem ? problem : conninfo);
    else
        ck_assert_msg(!problem && strstr(conninfo, connecting[_i].has), "%s: %s", connecting[_i].params,
                      problem ? problem : conninfo);
}
END_TEST

/* ---- what the configuration may say ---- */

static const struct {
    const char *properties[13], *uses, *says;
} objections[] = {
    { { "sql.table", "t", "sql.key", "id", NULL }, "id; x!", "" },
    { { "sql.table", "hr.person", "sql.key", "id", "sql.where", "a = ';' AND (b = 'it''s -- (' OR c > 1)",
        NULL },
      "id",
      "" },
    { { "sql.key", "id", NULL }, "id", "sql.table" },
    { { "sql.table", "t", NULL }, "id", "sql.key" },
    { { "sql.table", "t; DROP", "sql.key", "id", NULL }, "id", "no name of a table" },
    { { "sql.table", "a.b.c", "sql.key", "id", NULL }, "id", "no name of a table" },
    { { "sql.table", "\"t\"", "sql.key", "id", NULL }, "id", "without quotes" },
    { { "sql.table", "t", "sql.key", "t.id", NULL }, "id", "no name of a column" },
    { { "sql.table", "t", "sql.key", "id", "sql.where", "a = 1) OR (1 = 1", NULL }, "id", "')' too much" },
    { { "sql.table", "t", "sql.key", "id", "sql.where", "a = (1", NULL }, "id", "is missing" },
    { { "sql.table", "t", "sql.key", "id", "sql.where", "a = 1; DELETE FROM t", NULL },
      "id",
      "one condition" },
    { { "sql.table", "t", "sql.key", "id", "sql.where", "a = 'x", NULL }, "id", "quotation" },
    { { "sql.table", "t", "sql.key", "id", "sql.where", "a = ?", NULL }, "id", "parameter" },
    { { "sql.table", "t", "sql.key", "id", "sql.version", "v", NULL }, "id; v!", "set by the connector" },
    { { "sql.table", "t", "sql.key", "id", "sql.modified", "m", NULL }, "id; m!", "set by the connector" },
    { { "sql.table", "t", "sql.key", "id", "sql.key.generate", "uuid", NULL }, "id!", "sql.key.generate" },
    { { "sql.table", "t", "sql.key", "id", NULL }, "id; a b.c", "no name of a column" },
    { { "sql.table", "t", "sql.key", "id", NULL }, "id; rows(c, t_id)", "SCIMMapEach" },
    { { "sql.table", "t", "sql.key", "id", NULL }, "id; rows(c): x", "write rows(table, column)" },
    { { "sql.table", "t", "sql.key", "id", NULL }, "id; rows(c, a, b, d): x", "write rows(table, column)" },
    { { "sql.table", "t", "sql.key", "id", NULL }, "id; phones: x", "write rows(table, column)" },
    { { "sql.table", "t", "sql.key", "id", NULL }, "id; rows (hr.c , t_id , pos)!: x, ~pos", "" },
    { { "sql.table", "t", "sql.key", "id", NULL }, "id; rows(c, t_id)!: .", "name a column" },
    { { "sql.table", "t", "sql.key", "id", NULL }, "id; rows(c, t_id)!: t_id", "set by rows()" },
    { { "sql.table", "t", "sql.key", "id", NULL }, "id; rows(c, t_id, pos)!: x, pos", "set by rows()" }
};

START_TEST(mistakes_in_the_configuration_are_found)
{
    const char *problem = bed_objection(bed_target("sqlite3", "/x.db", NULL), "User",
                                        objections[_i].properties, objections[_i].uses);

    if (*objections[_i].says)
        ck_assert_msg(strstr(problem, objections[_i].says) != NULL, "%s: \"%s\"", objections[_i].uses, problem);
    else
        ck_assert_str_eq(problem, "");
}
END_TEST

START_TEST(what_an_entity_can_do)
{
    static const char *const plain[] = { "sql.table", "t", "sql.key", "id", NULL };
    static const char *const made[] = { "sql.table", "t",           "sql.key", "id", "sql.key.generate",
                                        "database",  "sql.version", "v",       NULL };
    scim_caps_t caps;

    target = bed_target("sqlite3", "/x.db", NULL);
    bed_entity(target, "A", plain, "id; x!", &caps);
    ck_assert(!caps.create && caps.modify && caps.remove && caps.values && !caps.version && caps.sort
              && caps.offset && caps.total);
    bed_entity(target, "B", plain, "id!; x!", &caps);
    ck_assert(caps.create && !caps.version);
    doc = bed_entity(target, "C", made, "id; x!", &caps);
    ck_assert(caps.create && caps.version);
    ck_assert_str_eq(scim_sql_connector.entity_key(doc), "id");
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("sql_shape");
    TCase *tc = tcase_create("shape");

    tcase_add_checked_fixture(tc, test_setup, test_teardown);
    tcase_add_loop_test(tc, equality_without_case_can_use_an_index, 0, 3);
    tcase_add_loop_test(tc, exact_equality_can_use_an_index, 0, 3);
    tcase_add_loop_test(tc, an_element_is_looked_for_with_exists, 0, 3);
    tcase_add_loop_test(tc, what_is_no_number_is_not_compared_with_one, 0, 3);
    tcase_add_loop_test(tc, values_are_never_in_the_text, 0, 3);
    tcase_add_loop_test(tc, percent_signs_are_doubled, 0, 3);
    tcase_add_loop_test(tc, names_are_quoted, 0, 3);
    tcase_add_loop_test(tc, lists_of_values_have_few_lengths, 0, 3);
    tcase_add_loop_test(tc, order_and_pages, 0, 3);
    tcase_add_loop_test(tc, what_is_not_known_is_not_promised, 0, 3);
    tcase_add_loop_test(tc, types_have_classes, 0, COUNT(types));
    tcase_add_loop_test(tc, equal_values_have_one_form, 0, COUNT(pairs));
    tcase_add_loop_test(tc, failures_are_told_apart, 0, COUNT(failures));
    tcase_add_loop_test(tc, drivers_are_told_where_the_database_is, 0, COUNT(connecting));
    tcase_add_loop_test(tc, mistakes_in_the_configuration_are_found, 0, COUNT(objections));
    tcase_add_test(tc, what_an_entity_can_do);
    suite_add_tcase(suite, tc);
    return test_run(suite);
}
