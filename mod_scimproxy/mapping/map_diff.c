/* SPDX-License-Identifier: Apache-2.0 */
#include "map_program.h"
#include "map_rule.h"

#include <string.h>

#include <apr_hash.h>

#include "scim_json.h"

static void add_mod(apr_array_header_t *mods, scim_modkind_t kind, const char *attr, json_t *values)
{
    scim_mod_t *mod = apr_array_push(mods);

    mod->kind = kind;
    mod->attr = attr;
    mod->values = values;
}

/* Elements by their text; what they are, not where they stand, makes them equal. */
static apr_hash_t *index_of(const json_t *list, apr_pool_t *p)
{
    apr_hash_t *index = apr_hash_make(p);
    json_t *element;
    size_t i;

    json_array_foreach(list, i, element)
        apr_hash_set(index, scim_json_dump(element, p), APR_HASH_KEY_STRING, element);
    return index;
}

/* The elements of a list that another one does not have. Owned by p. */
static json_t *without(const json_t *list, const json_t *others, apr_pool_t *p)
{
    apr_hash_t *known = index_of(others, p);
    json_t *rest = scim_json_own(p, json_array()), *element;
    size_t i;

    json_array_foreach(list, i, element)
        if (!apr_hash_get(known, scim_json_dump(element, p), APR_HASH_KEY_STRING))
            json_array_append(rest, element);
    return rest;
}

/* New elements alone are added one by one: nobody else's addition is undone. Else the connector gets the whole list, and
 * finds the rows that differ. */
static void diff_list(const map_place_t *place, const json_t *before, json_t *after, int values, apr_array_header_t *mods, apr_pool_t *p)
{
    json_t *added;

    if (values && place->each->by_value && json_array_size(without(before, after, p)) == 0) {
        added = without(after, before, p);
        if (json_array_size(added) > 0)
            add_mod(mods, SCIM_MOD_ADD, place->native, added);
        return;
    }
    add_mod(mods, SCIM_MOD_SET, place->native, after);
}

/* True if every PATCH writes the same there. */
static int is_patch_constant(const map_place_t *place)
{
    int constants = 0, i;

    for (i = 0; i < place->nrules; i++) {
        if (!(place->rules[i]->on & MAP_ON_PATCH))
            continue;
        if (place->rules[i]->attr)
            return 0;
        constants++;
    }
    return constants && !place->each;
}

void map_diff(const map_program_t *program, const json_t *before, const json_t *after, int values, apr_array_header_t *mods, apr_pool_t *p)
{
    const int had = mods->nelts;
    int i;

    for (i = 0; i < program->nplaces; i++) {
        const map_place_t *place = &program->places[i];
        json_t *is = json_object_get(after, place->native), *was = json_object_get(before, place->native);

        if (!is || scim_json_equal(was, is))
            continue;
        if (place->each)
            diff_list(place, was, is, values, mods, p);
        else
            add_mod(mods, SCIM_MOD_SET, place->native, is);
    }
    /* what every PATCH is to write goes along with one that changes something */
    for (i = 0; i < program->nplaces && mods->nelts > had; i++)
        if (is_patch_constant(&program->places[i]))
            add_mod(mods, SCIM_MOD_SET, program->places[i].native, json_object_get(after, program->places[i].native));
}
