/* SPDX-License-Identifier: Apache-2.0 */
#include "scim_sql.h"

#include <string.h>

#include <apr_lib.h>
#include <apr_strings.h>

/* The longest name that a database has is MariaDB's, of 64 characters. */
enum { MAX_NAME = 255 };

const scim_property_t scim_sql_properties[] = {
    { .name = "sql.driver",
      .type = SCIM_PROP_CHOICE,
      .choices = "sqlite3|pgsql|mysql",
      .where = SCIM_PROP_TARGET,
      .required = 1,
      .description = "the driver of apr_dbd" },
    { .name = "sql.params",
      .type = SCIM_PROP_STRING,
      .where = SCIM_PROP_TARGET,
      .required = 1,
      .description = "where the database is and who we are, as the driver wants it" },
    { .name = "sql.password",
      .type = SCIM_PROP_STRING,
      .where = SCIM_PROP_TARGET,
      .secret = 1,
      .description = "the password of our account in the database" },
    { .name = "sql.table",
      .type = SCIM_PROP_STRING,
      .where = SCIM_PROP_TYPE,
      .required = 1,
      .description = "the table or view with a row for each resource" },
    { .name = "sql.key",
      .type = SCIM_PROP_STRING,
      .where = SCIM_PROP_TYPE | SCIM_PROP_SYSTEM | SCIM_PROP_TARGET,
      .required = 1,
      .description = "its key column" },
    { .name = "sql.key.generate",
      .type = SCIM_PROP_CHOICE,
      .choices = "none|uuid|database",
      .dflt = "none",
      .where = SCIM_PROP_TYPE | SCIM_PROP_SYSTEM | SCIM_PROP_TARGET,
      .description = "who makes the keys of new rows" },
    { .name = "sql.where",
      .type = SCIM_PROP_STRING,
      .where = SCIM_PROP_TYPE | SCIM_PROP_SYSTEM | SCIM_PROP_TARGET,
      .description = "a condition: rows for which it does not hold do not exist for clients" },
    { .name = "sql.version",
      .type = SCIM_PROP_STRING,
      .where = SCIM_PROP_TYPE | SCIM_PROP_SYSTEM | SCIM_PROP_TARGET,
      .description = "an integer column that counts the changes of a row" },
    { .name = "sql.created",
      .type = SCIM_PROP_STRING,
      .where = SCIM_PROP_TYPE | SCIM_PROP_SYSTEM | SCIM_PROP_TARGET,
      .description = "a time stamp column, set when a row is created" },
    { .name = "sql.modified",
      .type = SCIM_PROP_STRING,
      .where = SCIM_PROP_TYPE | SCIM_PROP_SYSTEM | SCIM_PROP_TARGET,
      .description = "a time stamp column, set when a row is created or changed" },
    { .name = NULL }
};

/* ---- targets ---- */

const char *scim_sql_target_make(scim_target_t **out, const char *name, apr_pool_t *p)
{
    scim_target_t *target = apr_pcalloc(p, sizeof(*target));

    target->name = apr_pstrdup(p, name);
    target->p = p;
    target->entities = apr_array_make(p, 4, sizeof(scim_entity_t *));
    *out = target;
    return NULL;
}

const char *scim_sql_target_property(scim_target_t *target, const char *name, const char *value)
{
    if (strcmp(name, "sql.driver") == 0)
        target->driver = value;
    else if (strcmp(name, "sql.params") == 0)
        target->params = value;
    else if (strcmp(name, "sql.password") == 0)
        target->password = value;
    return NULL;
}

const char *scim_sql_target_done(scim_target_t *target, const scim_pool_limits_t *limits, apr_pool_t *p)
{
    if (!target->driver)
        return "sql.driver is missing: say sqlite3, pgsql or mysql";
    if (!target->params || !*target->params)
        return "sql.params is missing: say where the database is, as \"host=db.example.com dbname=hr "
               "user=scim\" for pgsql";
    target->kind = strcmp(target->driver, "pgsql") == 0   ? SCIM_SQL_PGSQL
                   : strcmp(target->driver, "mysql") == 0 ? SCIM_SQL_MYSQL
                                                          : SCIM_SQL_SQLITE;
    target->limits = *limits;
    return scim_sql_conninfo(&target->conninfo, target->kind, target->params, target->password, limits, p);
}

/* ---- names ---- */

static int is_name_char(char c)
{
    return apr_isalnum(c) || c == '_' || c == '$' || c == '#' || c == '-' || c == ' ' || (unsigned char)c >= 0x80;
}

/* A name as a database may have it, once it is quoted. */
static int is_name(const char *name, apr_size_t len)
{
    apr_size_t i;

    if (len == 0 || len > MAX_NAME || name[0] == ' ' || name[len - 1] == ' ')
        return 0;
    for (i = 0; i < len; i++)
        if (!is_name_char(name[i]))
            return 0;
    return 1;
}

static int is_table_name(const char *name)
{
    const char *dot = strchr(name, '.');

    return dot ? is_name(name, (apr_size_t)(dot - name)) && is_name(dot + 1, strlen(dot + 1))
               : is_name(name, strlen(name));
}

static const char *check_column(const char *property, const char *name, apr_pool_t *p)
{
    return !name || is_name(name, strlen(name))
               ? NULL
               : apr_psprintf(
                   p, "%s: '%s' is no name of a column; write one name, without quotes and without its table",
                   property, name);
}

/* ---- resource types ---- */

static const char *copy(const char *value, apr_pool_t *p)
{
    return value && *value ? apr_pstrdup(p, value) : NULL;
}

static scim_sql_keygen_t keygen_of(const char *word)
{
    return !word                          ? SCIM_SQL_KEY_GIVEN
           : strcmp(word, "uuid") == 0     ? SCIM_SQL_KEY_UUID
           : strcmp(word, "database") == 0 ? SCIM_SQL_KEY_DATABASE
                                           : SCIM_SQL_KEY_GIVEN;
}

/* What a driver would take for a parameter. */
static int is_placeholder(scim_sql_kind_t kind, const char *at)
{
    switch (kind) {
    case SCIM_SQL_SQLITE:
        return strchr("?:@$", *at) != NULL;
    case SCIM_SQL_PGSQL:
        return at[0] == '$' && apr_isdigit(at[1]);
    case SCIM_SQL_MYSQL:
        break;
    }
    return *at == '?';
}

/* A condition stands in parentheses in statements: it must not close them, nor end or begin a statement or a
 * comment, nor bring parameters. */
static const char *check_where(const char *where, scim_sql_kind_t kind)
{
    const char *at;
    int depth = 0;

    for (at = where; at && *at; at++) {
        if (*at == '\'' || *at == '"' || *at == '`') {
            const char *end = strchr(at + 1, *at);

            if (!end)
                return "sql.where: a quotation does not end";
            at = end;
        }
        else if (*at == ';' || (at[0] == '-' && at[1] == '-') || (at[0] == '/' && at[1] == '*')
                 || (*at == '#' && kind == SCIM_SQL_MYSQL)) {
            return "sql.where must be one condition, without comments and ';'";
        }
        else if (is_placeholder(kind, at)) {
            return "sql.where must not contain what the database takes for a parameter: write the value itself";
        }
        else if (*at == '(') {
            depth++;
        }
        else if (*at == ')' && --depth < 0) {
            return "sql.where: there is a ')' too much";
        }
    }
    return depth > 0 ? "sql.where: a ')' is missing" : NULL;
}

static const char *check_entity(const scim_entity_t *entity, apr_pool_t *p)
{
    const char *problem;

    if (!entity->table)
        return apr_psprintf(p, "%s needs SCIMProperty sql.table: the table with a row for each %s",
                            entity->type_name, entity->type_name);
    if (!is_table_name(entity->table))
        return apr_psprintf(
            p, "sql.table: '%s' is no name of a table; write table or schema.table, without quotes",
            entity->table);
    if (!entity->key)
        return apr_psprintf(p, "%s needs SCIMProperty sql.key: the key column of %s", entity->type_name, entity->table);
    if ((problem = check_column("sql.key", entity->key, p))
        || (problem = check_column("sql.version", entity->version, p))
        || (problem = check_column("sql.created", entity->created, p))
        || (problem = check_column("sql.modified", entity->modified, p)))
        return problem;
    return check_where(entity->where, entity->target->kind);
}

const char *scim_sql_entity_make(scim_entity_t **out, scim_target_t *target, const char *type_name,
                                 scim_prop_fn prop, void *baton, apr_pool_t *p)
{
    scim_entity_t *entity = apr_pcalloc(p, sizeof(*entity));

    entity->target = target;
    entity->type_name = apr_pstrdup(p, type_name);
    entity->table = copy(prop(baton, "sql.table"), p);
    entity->key = copy(prop(baton, "sql.key"), p);
    entity->where = copy(prop(baton, "sql.where"), p);
    entity->version = copy(prop(baton, "sql.version"), p);
    entity->created = copy(prop(baton, "sql.created"), p);
    entity->modified = copy(prop(baton, "sql.modified"), p);
    entity->keygen = keygen_of(prop(baton, "sql.key.generate"));
    entity->lists = apr_hash_make(p);
    entity->write_lists = apr_array_make(p, 4, sizeof(const scim_sql_list_t *));
    APR_ARRAY_PUSH(target->entities, scim_entity_t *) = entity;
    *out = entity;
    return check_entity(entity, p);
}

const char *scim_sql_entity_key(const scim_entity_t *entity)
{
    return entity->key;
}

const scim_sql_list_t *scim_sql_list(const scim_entity_t *entity, const char *attr)
{
    return apr_hash_get(entity->lists, attr, APR_HASH_KEY_STRING);
}

/* ---- lists ---- */

static const char *no_rows(const char *attr, apr_pool_t *p)
{
    return apr_psprintf(
        p,
        "'%s' is no list; write rows(table, column), where column refers to the key of the record, or "
        "rows(table, column, order)",
        attr);
}

static char *trimmed(const char *text, apr_size_t len, apr_pool_t *p)
{
    while (len > 0 && apr_isspace(*text)) {
        text++;
        len--;
    }
    while (len > 0 && apr_isspace(text[len - 1]))
        len--;
    return apr_pstrmemdup(p, text, len);
}

static const char *parse_rows(scim_sql_list_t *list, const char *attr, apr_pool_t *p)
{
    const char *at = attr, *words[3] = { NULL, NULL, NULL };
    int n = 0;

    if (strncmp(at, "rows", 4) != 0)
        return no_rows(attr, p);
    at += 4;
    at += strspn(at, " \t");
    if (*at++ != '(')
        return no_rows(attr, p);
    while (n < 3) {
        const apr_size_t len = strcspn(at, ",)");

        words[n++] = trimmed(at, len, p);
        at += len;
        if (*at != ',')
            break;
        at++;
    }
    if (*at != ')' || at[1 + strspn(at + 1, " \t")] != '\0' || n < 2)
        return no_rows(attr, p);
    if (!is_table_name(words[0]) || !is_name(words[1], strlen(words[1]))
        || (words[2] && !is_name(words[2], strlen(words[2]))))
        return no_rows(attr, p);
    list->table = words[0];
    list->fk = words[1];
    list->order = words[2];
    return NULL;
}

static const char *check_list(scim_entity_t *entity, const scim_attr_use_t *use, apr_pool_t *p)
{
    scim_sql_list_t *list = apr_pcalloc(p, sizeof(*list));
    const char *problem = parse_rows(list, use->name, p);
    int i;

    if (problem)
        return problem;
    list->attr = apr_pstrdup(p, use->name);
    list->columns = apr_palloc(p, (apr_size_t)(use->nsub + 1) * sizeof(*list->columns));
    list->write = use->write;
    for (i = 0; i < use->nsub; i++) {
        const int writes = use->write && (!use->sub_write || use->sub_write[i]);

        if (strcmp(use->sub[i], ".") == 0)
            return apr_psprintf(p, "an element of %s is a row, which '.' cannot stand for; name a column", use->name);
        if (!is_name(use->sub[i], strlen(use->sub[i])))
            return apr_psprintf(p, "'%s' is no name of a column of %s", use->sub[i], list->table);
        if (writes && (strcmp(use->sub[i], list->fk) == 0 || (list->order && strcmp(use->sub[i], list->order) == 0)))
            return apr_psprintf(p, "%s is set by rows() itself: no rule may write it", use->sub[i]);
        if (writes)
            list->columns[list->n++] = apr_pstrdup(p, use->sub[i]);
    }
    if (use->nsub == 0)
        return apr_psprintf(p, "no rule uses a column of %s", use->name);
    apr_hash_set(entity->lists, list->attr, APR_HASH_KEY_STRING, list);
    if (list->write)
        APR_ARRAY_PUSH(entity->write_lists, const scim_sql_list_t *) = list;
    return NULL;
}

/* ---- what the rules use ---- */

static int is_ours(const scim_entity_t *entity, const char *name)
{
    return (entity->version && strcmp(name, entity->version) == 0)
           || (entity->created && strcmp(name, entity->created) == 0)
           || (entity->modified && strcmp(name, entity->modified) == 0);
}

static const char *check_use(scim_entity_t *entity, const scim_attr_use_t *use, int *writes_key, apr_pool_t *p)
{
    if (use->list)
        return check_list(entity, use, p);
    if (strncmp(use->name, "rows", 4) == 0 && strchr(use->name, '('))
        return apr_psprintf(p, "%s is a list: use it with <SCIMMapEach>", use->name);
    if (!is_name(use->name, strlen(use->name)))
        return apr_psprintf(p, "'%s' is no name of a column of %s; write one name, without quotes", use->name,
                            entity->table);
    if (use->write && is_ours(entity, use->name))
        return apr_psprintf(p, "%s is set by the connector: no rule may write it", use->name);
    if (use->write && strcmp(use->name, entity->key) == 0) {
        if (entity->keygen != SCIM_SQL_KEY_GIVEN)
            return apr_psprintf(p, "%s is made by sql.key.generate: no rule may write it", use->name);
        *writes_key = 1;
    }
    return NULL;
}

const char *scim_sql_entity_check(scim_entity_t *entity, const scim_attrs_t *uses, scim_caps_t *caps, apr_pool_t *ptemp)
{
    apr_pool_t *p = entity->target->p;
    int i, writes_key = 0, writes = 0;
    const char *problem;

    (void)ptemp;
    entity->uses = uses;
    for (i = 0; i < uses->n; i++) {
        writes |= uses->use[i].write;
        if ((problem = check_use(entity, &uses->use[i], &writes_key, p)))
            return problem;
    }
    memset(caps, 0, sizeof(*caps));
    /* what no rule writes is there to be read: it is not deleted either */
    caps->modify = caps->remove = writes & 1;
    caps->create = caps->modify && (entity->keygen != SCIM_SQL_KEY_GIVEN || writes_key);
    caps->values = caps->sort = caps->offset = caps->total = 1;
    caps->version = entity->version != NULL;
    caps->hidden = entity->where != NULL;
    return NULL;
}
