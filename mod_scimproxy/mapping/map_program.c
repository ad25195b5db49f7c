/* SPDX-License-Identifier: Apache-2.0 */
#include "map_program.h"
#include "map_rule.h"

const scim_rtype_t *map_program_rtype(const map_program_t *program)
{
    return program->rtype;
}

const scim_attrs_t *map_program_uses(const map_program_t *program)
{
    return &program->uses;
}

const char *const *map_program_refs(const map_program_t *program)
{
    return program->refs;
}
