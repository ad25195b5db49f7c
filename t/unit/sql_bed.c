/* SPDX-License-Identifier: Apache-2.0 */
#include "sql_bed.h"

#include <string.h>

#include <apr_lib.h>
#include <apr_strings.h>

#include "scim_sql.h"

/* ---- tables ---- */

/* What the embedded directory has none of: keys of other types, tables without constraints, every kind of column. */
static const char *const sqlite_tables[] = {
    ("CREATE TABLE badge (id INTEGER PRIMARY KEY, holder TEXT NOT NULL, size INTEGER, ratio NUMERIC, flag "
     "BOOLEAN, at TIMESTAMP)"),
    ("CREATE TABLE badge_note (badge_id INTEGER NOT NULL, body TEXT, grade INTEGER, pinned BOOLEAN, at "
     "TIMESTAMP)"),
    ("CREATE TABLE token (id TEXT PRIMARY KEY, name TEXT UNIQUE, holder TEXT REFERENCES person (id), "
     "tenant TEXT)"),
    ("CREATE TABLE sample (id TEXT PRIMARY KEY, txt TEXT, num INTEGER, amount NUMERIC, flag BOOLEAN, at "
     "TIMESTAMP, mood)"),
    "CREATE TABLE sample_part (sample_id TEXT NOT NULL, txt TEXT, kind TEXT)",
    NULL
};
static const char *const pgsql_tables[] = {
    ("CREATE TABLE badge (id SERIAL PRIMARY KEY, holder VARCHAR(20) NOT NULL, size INTEGER, ratio "
     "NUMERIC(10,2), flag BOOLEAN, at TIMESTAMP)"),
    ("CREATE TABLE badge_note (badge_id INTEGER NOT NULL, body TEXT, grade INTEGER, pinned BOOLEAN, at "
     "TIMESTAMP WITH TIME ZONE)"),
    ("CREATE TABLE token (id UUID PRIMARY KEY, name TEXT UNIQUE, holder TEXT REFERENCES person (id), "
     "tenant TEXT)"),
    "CREATE TYPE mood AS ENUM ('happy', 'sad')",
    ("CREATE TABLE sample (id TEXT PRIMARY KEY, txt TEXT, num INTEGER, amount NUMERIC, flag BOOLEAN, at "
     "TIMESTAMP WITH TIME ZONE, mood mood)"),
    "CREATE TABLE sample_part (sample_id TEXT NOT NULL, txt TEXT, kind TEXT)",
    NULL
};
static const char *const mysql_tables[] = {
    ("CREATE TABLE badge (id INT AUTO_INCREMENT PRIMARY KEY, holder VARCHAR(20) NOT NULL, size INTEGER, "
     "ratio DECIMAL(10,2), flag BOOLEAN, at DATETIME(6))"),
    ("CREATE TABLE badge_note (badge_id INTEGER NOT NULL, body TEXT, grade INTEGER, pinned BOOLEAN, at "
     "DATETIME(6))"),
    ("CREATE TABLE token (id UUID PRIMARY KEY, name VARCHAR(100) UNIQUE, holder VARCHAR(64) COLLATE "
     "utf8mb4_bin, tenant VARCHAR(20), FOREIGN KEY (holder) REFERENCES person (id))"),
    ("CREATE TABLE sample (id VARCHAR(64) PRIMARY KEY, txt VARCHAR(255), num INTEGER, amount "
     "DECIMAL(20,6), flag BOOLEAN, at DATETIME(6), mood ENUM ('happy', 'sad'))"),
    "CREATE TABLE sample_part (sample_id VARCHAR(64) NOT NULL, txt VARCHAR(255), kind VARCHAR(20))",
    NULL
};

void bed_prepare(int databases)
{
    apr_pool_t *p;
    int i;

    apr_pool_create(&p, NULL);
    for (i = 0; i < databases; i++) {
        const sql_database_t *database = sql_database(i);
        const char *const *sql = strcmp(database->driver, "pgsql") == 0   ? pgsql_tables
                                 : strcmp(database->driver, "mysql") == 0 ? mysql_tables
                                                                          : sqlite_tables;
        sql_direct_t direct;

        sql_direct_open(&direct, database, p);
        for (; *sql; sql++)
            sql_direct_run(&direct, *sql);
        sql_direct_close(&direct);
    }
    apr_pool_destroy(p);
}

static void empty(bed_t *bed)
{
    static const char *const tables[] = { "token",        "badge_note",     "badge",       "sample_part",
                                          "sample",       "team_member",    "team",        "person_email",
                                          "person_phone", "person_address", "person_role", "person" };
    size_t i;

    for (i = 0; i < sizeof(tables) / sizeof(*tables); i++)
        sql_direct_run(&bed->direct, apr_pstrcat(test_pool, "DELETE FROM ", tables[i], NULL));
}

/* ---- attributes ---- */

/* The next part of a text up to one of the marks outside of parentheses, without blanks around it. */
static char *next_part(const char **at, const char *marks)
{
    const char *start = *at + strspn(*at, " "), *end = start;
    int depth = 0;
    size_t len;

    for (; *end && (depth > 0 || !strchr(marks, *end)); end++)
        depth += *end == '(' ? 1 : *end == ')' ? -1 : 0;
    *at = end;
    for (len = (size_t)(end - start); len > 0 && start[len - 1] == ' '; len--)
        ;
    return apr_pstrmemdup(test_pool, start, len);
}

static void parse_use(scim_attr_use_t *use, const char **at)
{
    unsigned char *sub_write = apr_pcalloc(test_pool, 16);
    char *name = next_part(at, ";:");
    const size_t len = strlen(name);

    use->read = 1;
    use->write = len > 0 && name[len - 1] == '!';
    if (use->write)
        name[len - 1] = '\0';
    use->name = name;
    use->list = **at == ':';
    if (!use->list)
        return;
    use->sub = apr_pcalloc(test_pool, 16 * sizeof(*use->sub));
    use->sub_write = sub_write;
    do {
        char *sub;

        ++*at;
        sub = next_part(at, ",;");
        sub_write[use->nsub] = use->write && *sub != '~';
        use->sub[use->nsub++] = sub + (*sub == '~');
    } while (**at == ',');
}

const scim_attrs_t *bed_attrs(const char *spec)
{
    scim_attr_use_t *uses = apr_pcalloc(test_pool, 40 * sizeof(*uses));
    scim_attrs_t *attrs = apr_pcalloc(test_pool, sizeof(*attrs));

    attrs->use = uses;
    while (*spec) {
        parse_use(&uses[attrs->n++], &spec);
        spec += *spec == ';';
    }
    return attrs;
}

/* ---- configuration ---- */

static const char *property(void *baton, const char *name)
{
    const char *const *properties = baton;
    const scim_property_t *row;

    for (; *properties; properties += 2)
        if (strcmp(properties[0], name) == 0)
            return properties[1];
    for (row = scim_sql_connector.properties; row->name; row++)
        if (strcmp(row->name, name) == 0)
            return row->dflt;
    ck_abort_msg("the connector asks for a property '%s' that is not in its table", name);
    return NULL;
}

scim_target_t *bed_target(const char *driver, const char *params, const scim_pool_limits_t *limits)
{
    static const scim_pool_limits_t usual = { .max = 4, .ttl = 300 * APR_USEC_PER_SEC, .acquire = 5 * APR_USEC_PER_SEC,
                                              .timeout = 10 * APR_USEC_PER_SEC, .retry = APR_USEC_PER_SEC };
    scim_target_t *target;

    ck_assert_ptr_null(scim_sql_connector.target_make(&target, "test", test_pool));
    ck_assert_ptr_null(scim_sql_connector.target_property(target, "sql.driver", driver));
    ck_assert_ptr_null(scim_sql_connector.target_property(target, "sql.params", params));
    ck_assert_ptr_null(scim_sql_connector.target_done(target, limits ? limits : &usual, test_pool));
    return target;
}

static const char *make_entity(scim_entity_t **entity, scim_target_t *target, const char *type,
                               const char *const *properties, const char *uses, scim_caps_t *caps)
{
    const char *problem = scim_sql_connector.entity_make(entity, target, type, property, (void *)properties, test_pool);

    return problem ? problem : scim_sql_connector.entity_check(*entity, bed_attrs(uses), caps, test_pool);
}

scim_entity_t *bed_entity(scim_target_t *target, const char *type, const char *const *properties,
                          const char *uses, scim_caps_t *caps)
{
    scim_entity_t *entity;
    scim_caps_t unused;
    const char *problem = make_entity(&entity, target, type, properties, uses, caps ? caps : &unused);

    ck_assert_msg(problem == NULL, "%s: %s", type, problem);
    return entity;
}

const char *bed_objection(scim_target_t *target, const char *type, const char *const *properties, const char *uses)
{
    scim_entity_t *entity;
    scim_caps_t caps;
    const char *problem = make_entity(&entity, target, type, properties, uses, &caps);

    return problem ? problem : "";
}

void bed_start(scim_target_t *target)
{
    ck_assert_int_eq(scim_sql_connector.child_init(target, &test_host, &test_log, test_pool), APR_SUCCESS);
}

static void make_entities(bed_t *bed)
{
    static const char *const person[] = {
        "sql.table",   "person",      "sql.key",    "id",           "sql.key.generate", "uuid", "sql.version",
        "row_version", "sql.created", "created_at", "sql.modified", "modified_at",      NULL
    };
    static const char *const team[] = {
        "sql.table",   "team",        "sql.key",    "id",           "sql.key.generate", "uuid", "sql.version",
        "row_version", "sql.created", "created_at", "sql.modified", "modified_at",      NULL
    };
    static const char *const badge[] = { "sql.table", "badge", "sql.key", "id", "sql.key.generate", "database", NULL };
    static const char *const token[] = { "sql.table", "token", "sql.key", "id", "sql.key.generate", "uuid", "sql.where",
                                         "tenant = 'a%b'", NULL };
    static const char *const sample[] = { "sql.table", "sample", "sql.key", "id", NULL };

    bed->person =
        bed_entity(bed->target, "User", person,
                   "id; external_id!; login!; family_name!; display_name!; status!; password_hash!; "
                   "manager_id!; created_at; "
                   "modified_at; rows(person_email, person_id, position)!: address, kind, label, is_primary; "
                   "rows(person_address, person_id, position)!: kind, street, ~country; rows(person_team, "
                   "person_id): team_id, team_name",
                   NULL);
    bed->team = bed_entity(bed->target, "Group", team,
                           "id; external_id!; name!; rows(team_member, team_id)!: person_id", NULL);
    bed->badge = bed_entity(
        bed->target, "Badge", badge,
        "id; holder!; size!; ratio!; flag!; at!; rows(badge_note, badge_id)!: body, grade, pinned, at", NULL);
    bed->token = bed_entity(bed->target, "Token", token, "id; name!; holder!; tenant!", NULL);
    bed->sample = bed_entity(
        bed->target, "Sample", sample,
        "id!; txt!; num!; amount!; flag!; at!; mood!; rows(sample_part, sample_id)!: txt, kind", NULL);
}

void bed_open(bed_t *bed, int database, const scim_pool_limits_t *limits)
{
    memset(bed, 0, sizeof(*bed));
    bed->database = sql_database(database);
    test_ctx.deadline = apr_time_now() + apr_time_from_sec(50);
    sql_direct_open(&bed->direct, bed->database, test_pool);
    empty(bed);
    bed->target = bed_target(bed->database->driver, bed->database->params, limits);
    make_entities(bed);
    bed_start(bed->target);
    ck_ok(scim_sql_connector.acquire(&bed->session, bed->target, &test_ctx, test_pool));
}

void bed_close(bed_t *bed)
{
    scim_sql_connector.release(bed->session);
    sql_direct_close(&bed->direct);
}

int bed_is(const bed_t *bed, const char *driver)
{
    return strcmp(bed->database->driver, driver) == 0;
}

/* ---- transactions ---- */

static scim_err_t *end(bed_t *bed, scim_err_t *err)
{
    if (!err)
        return scim_sql_connector.commit(bed->session);
    scim_sql_connector.rollback(bed->session);
    return err;
}

scim_err_t *bed_try_create(bed_t *bed, const scim_entity_t *entity, const char *data, const char **key)
{
    scim_err_t *err = scim_sql_connector.begin(bed->session);

    return err ? err : end(bed, scim_sql_connector.create(bed->session, entity, test_json(data), key, test_pool));
}

const char *bed_create(bed_t *bed, const scim_entity_t *entity, const char *data)
{
    const char *key = NULL;

    ck_ok(bed_try_create(bed, entity, data, &key));
    ck_assert_ptr_nonnull(key);
    return key;
}

static const apr_array_header_t *split(const char *words)
{
    apr_array_header_t *all = apr_array_make(test_pool, 2, sizeof(const char *));
    char *state, *word;

    if (!words)
        return NULL;
    for (word = apr_strtok(apr_pstrdup(test_pool, words), ",", &state); word; word = apr_strtok(NULL, ",", &state))
        APR_ARRAY_PUSH(all, const char *) = word;
    return all;
}

scim_err_t *bed_try_modify(bed_t *bed, const scim_entity_t *entity, const char *key, const char *versions,
                           const bed_mod_t *mods, int *changed)
{
    scim_mod_t native[16];
    scim_change_t change = { .mods = native, .versions = split(versions) };
    scim_err_t *err = scim_sql_connector.begin(bed->session);

    for (; mods->kind != BED_END; mods++, change.n++)
        native[change.n] =
            (scim_mod_t){ .kind = (scim_modkind_t)mods->kind,
                          .attr = mods->attr,
                          .values = json_object_get(
                              test_json(apr_pstrcat(test_pool, "{\"v\":", mods->values, "}", NULL)), "v") };
    return err ? err : end(bed, scim_sql_connector.modify(bed->session, entity, key, &change, changed, test_pool));
}

int bed_modify(bed_t *bed, const scim_entity_t *entity, const char *key, const char *versions, const bed_mod_t *mods)
{
    int changed = -1;

    ck_ok(bed_try_modify(bed, entity, key, versions, mods, &changed));
    ck_assert(changed == 0 || changed == 1);
    return changed;
}

scim_err_t *bed_try_remove(bed_t *bed, const scim_entity_t *entity, const char *key, const char *versions)
{
    scim_err_t *err = scim_sql_connector.begin(bed->session);

    return err ? err : end(bed, scim_sql_connector.remove(bed->session, entity, key, split(versions), test_pool));
}

/* ---- reading ---- */

const json_t *bed_read(bed_t *bed, const scim_entity_t *entity, const char *key, const char *spec)
{
    scim_record_t record;

    ck_ok(scim_sql_connector.get(bed->session, entity, key, bed_attrs(spec), &record, test_pool));
    ck_assert_str_eq(record.key, key);
    return scim_json_own(test_pool, record.data);
}

const char *bed_version(bed_t *bed, const scim_entity_t *entity, const char *key)
{
    scim_record_t record;

    ck_ok(scim_sql_connector.get(bed->session, entity, key, bed_attrs(""), &record, test_pool));
    json_decref(record.data);
    return record.version;
}

const scim_qfilter_t *bed_cmp(const char *attr, scim_cmp_t op, const char *value, scim_type_t type, int case_exact)
{
    scim_qfilter_t *filter = apr_pcalloc(test_pool, sizeof(*filter));

    filter->kind = SCIM_Q_CMP;
    filter->attr = attr;
    filter->op = op;
    filter->type = type;
    filter->case_exact = case_exact != 0;
    if (value)
        filter->value = json_object_get(test_json(apr_pstrcat(test_pool, "{\"v\":", value, "}", NULL)), "v");
    return filter;
}

const scim_qfilter_t *bed_join(scim_qkind_t kind, const scim_qfilter_t *a, const scim_qfilter_t *b)
{
    scim_qfilter_t *filter = apr_pcalloc(test_pool, sizeof(*filter));

    filter->kind = kind;
    filter->sub = apr_palloc(test_pool, 2 * sizeof(*filter->sub));
    filter->sub[0] = a;
    filter->sub[1] = b;
    filter->nsub = b ? 2 : 1;
    return filter;
}

const scim_qfilter_t *bed_elem(const char *list, const scim_qfilter_t *sub)
{
    scim_qfilter_t *filter = apr_pmemdup(test_pool, bed_join(SCIM_Q_ELEM, sub, NULL), sizeof(*filter));

    filter->attr = list;
    return filter;
}

typedef struct keys_t {
    char  *text;
    size_t len, size;
} keys_t;

static scim_err_t *note_key(void *baton, const scim_record_t *record)
{
    keys_t *keys = baton;
    const size_t len = strlen(record->key);

    if (keys->len + len + 2 > keys->size) {
        char *grown = apr_palloc(test_pool, keys->size = 2 * (keys->len + len + 64));

        memcpy(grown, keys->text, keys->len);
        keys->text = grown;
    }
    if (keys->len > 0)
        keys->text[keys->len++] = ' ';
    memcpy(keys->text + keys->len, record->key, len + 1);
    keys->len += len;
    return NULL;
}

const char *bed_search(bed_t *bed, const scim_entity_t *entity, const scim_query_t *query, scim_page_t *page)
{
    keys_t keys = { .text = (char *)"" };
    apr_pool_t *scratch;

    apr_pool_create(&scratch, test_pool);
    ck_ok(scim_sql_connector.search(bed->session, entity, query, note_key, &keys, page, scratch));
    apr_pool_destroy(scratch);
    return keys.text;
}

const char *bed_find(bed_t *bed, const scim_entity_t *entity, const scim_qfilter_t *filter)
{
    const scim_query_t query = { .filter = filter, .attrs = *bed_attrs("id"), .limit = -1 };
    scim_page_t page;

    return bed_search(bed, entity, &query, &page);
}

const char *bed_ask(bed_t *bed, const char *sql)
{
    return sql_direct_ask(&bed->direct, sql);
}
