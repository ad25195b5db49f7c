/* SPDX-License-Identifier: Apache-2.0 */
#include "scimp_dump.h"

#include <http_core.h>
#include <apr_file_io.h>

static void print_properties(apr_file_t *out, const scimp_scope_t *scope, const char *indent)
{
    int i;

    for (i = 0; i < scope->properties->nelts; i++) {
        const scimp_property_t *property = &APR_ARRAY_IDX(scope->properties, i, scimp_property_t);
        const int hidden = property->row && property->row->secret;

        apr_file_printf(out, "%s%s = %s\n", indent, property->name, hidden ? "***" : property->value);
    }
}

static void print_target(apr_file_t *out, const scimp_target_t *target)
{
    const scim_pool_limits_t *limits = &target->limits;

    apr_file_printf(out, "  target %s: connector %s %s (%s:%d)\n", target->scope.name,
                    target->connector->name, target->connector->version, target->scope.at->filename,
                    target->scope.at->line_num);
    print_properties(out, &target->scope, "    ");
    apr_file_printf(out, "    pool min=%d max=%d ttl=%dms acquire=%dms timeout=%dms retry=%dms\n",
                    limits->min, limits->max, (int)apr_time_as_msec(limits->ttl),
                    (int)apr_time_as_msec(limits->acquire), (int)apr_time_as_msec(limits->timeout),
                    (int)apr_time_as_msec(limits->retry));
}

static void print_line(void *out, const char *line)
{
    apr_file_printf(out, "      %s\n", line);
}

static void print_type(apr_file_t *out, const scimp_type_t *type, apr_pool_t *p)
{
    const scim_rtype_t *rtype = map_program_rtype(type->program);
    const scim_type_entry_t *entry = scim_system_type(type->system->system, type->scope.name);
    int i;

    apr_file_printf(out, "    resource type %s at /%s, target %s (%s:%d)\n", rtype->name, rtype->endpoint,
                    type->target->scope.name, type->scope.at->filename, type->scope.at->line_num);
    apr_file_printf(out, "      schema %s\n", rtype->core->urn);
    for (i = 0; i < rtype->next; i++)
        apr_file_printf(out, "      extension %s%s\n", rtype->ext[i].schema->urn,
                        rtype->ext[i].required ? " (required)" : "");
    apr_file_printf(out, "      the backend can%s%s%s%s%s%s%s%s\n", entry->caps.create ? " create" : "",
                    entry->caps.modify ? " modify" : "", entry->caps.remove ? " remove" : "",
                    entry->caps.values ? " change-values" : "", entry->caps.version ? " check-versions" : "",
                    entry->caps.sort ? " sort" : "", entry->caps.offset ? " skip" : "",
                    entry->caps.total ? " count" : "");
    print_properties(out, &type->scope, "      ");
    map_program_explain(type->program, print_line, out, p);
}

static void print_system(apr_file_t *out, const scimp_system_t *system, apr_pool_t *p)
{
    int i;

    apr_file_printf(out, "  system %s%s%s (%s:%d)\n", system->scope.name, system->id ? " id=" : "",
                    system->id ? system->id : "", system->scope.at->filename, system->scope.at->line_num);
    print_properties(out, &system->scope, "    ");
    for (i = 0; i < system->types->nelts; i++)
        print_type(out, APR_ARRAY_IDX(system->types, i, const scimp_type_t *), p);
}

static void print_serve(apr_file_t *out, const scimp_serve_t *serve)
{
    apr_file_printf(out, "  location %s/: %s (%s:%d)\n", serve->prefix,
                    serve->off   ? "off"
                    : serve->any ? "*"
                                 : serve->name,
                    serve->at->filename, serve->at->line_num);
}

static void print_conf(apr_file_t *out, const scimp_conf_t *conf, apr_pool_t *p)
{
    int i;

    for (i = 0; i < conf->targets->nelts; i++)
        print_target(out, APR_ARRAY_IDX(conf->targets, i, const scimp_target_t *));
    for (i = 0; i < conf->systems->nelts; i++)
        print_system(out, APR_ARRAY_IDX(conf->systems, i, const scimp_system_t *), p);
    for (i = 0; i < conf->serves->nelts; i++)
        print_serve(out, APR_ARRAY_IDX(conf->serves, i, const scimp_serve_t *));
}

void scimp_hook_test_config(apr_pool_t *pconf, server_rec *s)
{
    const scimp_conf_t *all = scimp_conf_of(s);
    apr_file_t *out;

    if (!ap_exists_config_define("DUMP_SCIM") || apr_file_open_stdout(&out, pconf) != APR_SUCCESS)
        return;
    apr_file_printf(out, "SCIM configuration:\n");
    for (; s; s = s->next)
        if (!s->is_virtual) {
            apr_file_printf(out, "main server\n");
            print_conf(out, all, pconf);
        } else if (scimp_conf_of(s) != all) {
            apr_file_printf(out, "virtual host %s:%u (%s:%u)\n", s->server_hostname, s->port, s->defn_name,
                            s->defn_line_number);
            print_conf(out, scimp_conf_of(s), pconf);
        }
}
