/* SPDX-License-Identifier: Apache-2.0 */
#include "scimp_walk.h"

#include <stdarg.h>
#include <string.h>
#include <strings.h>
#include <apr_strings.h>

#include "scim_text.h"

void *scimp_enclosing(cmd_parms *cmd, const char **error, ...)
{
    const ap_directive_t *parent = cmd->directive->parent;
    const char *name, *list = "";
    void *object = NULL;
    va_list names;

    va_start(names, error);
    while ((name = va_arg(names, const char *)) != NULL) {
        if (parent && strcasecmp(parent->directive, name) == 0)
            object = parent->data;
        list = apr_pstrcat(cmd->temp_pool, list, *list ? " or " : "", name, ">", NULL);
    }
    va_end(names);
    *error = apr_pstrcat(cmd->temp_pool, cmd->directive->directive,
                         *cmd->directive->directive == '<' ? ">" : "", " belongs into ", list, NULL);
    return object;
}

static int is_allowed(const char *directive, const char *const *allowed)
{
    for (; *allowed; allowed++)
        if (strcasecmp(directive, *allowed) == 0)
            return 1;
    return 0;
}

const char *scimp_section_walk(cmd_parms *cmd, void *object, const char *const *allowed)
{
    ap_directive_t *self = cmd->directive, *child;
    const char *error;

    for (child = self->first_child; child; child = child->next)
        if (!is_allowed(child->directive, allowed)) {
            const char *near = scim_nearest(child->directive, allowed);

            cmd->err_directive = child;
            return apr_psprintf(cmd->temp_pool, "%s has no place in %s>%s%s%s", child->directive,
                                self->directive, near ? "; did you mean " : "", near ? near : "",
                                near ? "?" : "");
        }
    self->data = object;
    error = ap_walk_config(self->first_child, cmd, cmd->context);
    cmd->directive = self;
    return error;
}

const char *scimp_section_args(cmd_parms *cmd, const char *args, const char **error)
{
    const char *end = strrchr(args, '>');

    if (!end || end[1] != '\0') {
        *error =
            apr_pstrcat(cmd->temp_pool, cmd->directive->directive, "> directive missing closing '>'", NULL);
        return NULL;
    }
    return apr_pstrmemdup(cmd->temp_pool, args, (apr_size_t)(end - args));
}

const char *scimp_section_word(cmd_parms *cmd, const char **args)
{
    const char *word = ap_getword_conf(cmd->pool, args);

    return *word ? word : NULL;
}

const char *scimp_key_value(const char *word, const char *key)
{
    size_t len = strlen(key);

    return strncasecmp(word, key, len) == 0 && word[len] == '=' ? word + len + 1 : NULL;
}
