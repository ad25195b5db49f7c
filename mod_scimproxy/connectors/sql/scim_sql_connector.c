/* SPDX-License-Identifier: Apache-2.0 */
#include "scim_sql.h"

const scim_connector_t scim_sql_connector = {
    .size = sizeof(scim_connector_t),
    .name = "sql",
    .version = "0.1.0",
    .properties = scim_sql_properties,
    .target_make = scim_sql_target_make,
    .target_property = scim_sql_target_property,
    .target_done = scim_sql_target_done,
    .entity_make = scim_sql_entity_make,
    .entity_check = scim_sql_entity_check,
    .entity_key = scim_sql_entity_key,
    .child_init = scim_sql_child_init,
    .acquire = scim_sql_acquire,
    .release = scim_sql_release,
    .begin = scim_sql_begin,
    .commit = scim_sql_commit,
    .rollback = scim_sql_rollback,
    .match = scim_sql_match,
    .get = scim_sql_read,
    .search = scim_sql_search,
    .create = scim_sql_create,
    .modify = scim_sql_modify,
    .remove = scim_sql_remove,
    .resolve = scim_sql_resolve
};
