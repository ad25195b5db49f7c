/* SPDX-License-Identifier: Apache-2.0 */
#include "scimp_property.h"
#include "scimp_section.h"
#include "scimp_serve.h"

/* Sections and what stands in them: servers and virtual hosts, never .htaccess. */
#define IN_SERVER   RSRC_CONF
/* What belongs to a Location, or is a default for all of them. */
#define IN_LOCATION (RSRC_CONF | ACCESS_CONF)

const command_rec scimp_cmds[] = {
    AP_INIT_RAW_ARGS("<SCIMTarget", scimp_cmd_target, NULL, IN_SERVER,
                     "a backend: its name and its connector"),
    AP_INIT_TAKE2("SCIMProperty", scimp_cmd_property, NULL, IN_SERVER,
                  "a property of a target, system or resource type: name and value"),
    AP_INIT_ITERATE("SCIMPool", scimp_cmd_pool, NULL, IN_SERVER,
                    "a target's connections: min=, max=, ttl=, acquire=, timeout=, retry="),
    AP_INIT_RAW_ARGS("<SCIMSystem", scimp_cmd_system, NULL, IN_SERVER,
                     "a proxy system: its name and perhaps id=ID"),
    AP_INIT_TAKE1("SCIMUseTarget", scimp_cmd_use_target, NULL, IN_SERVER,
                  "the target of the resource types of a system that name none"),
    AP_INIT_RAW_ARGS("<SCIMResourceType", scimp_cmd_type, NULL, IN_SERVER,
                     "a resource type of a system: its name, its target, endpoint and schemas"),
    AP_INIT_RAW_ARGS("SCIMMap", scimp_cmd_map, NULL, IN_SERVER,
                     "a mapping rule: SCIM attribute, <-, -> or <->, native attribute"),
    AP_INIT_RAW_ARGS("<SCIMMapEach", scimp_cmd_map_each, NULL, IN_SERVER,
                     "the rules for one element of a multi-valued attribute"),
    AP_INIT_RAW_ARGS("<SCIMSchema", scimp_cmd_schema, NULL, IN_SERVER,
                     "a schema of one's own: its URN, its name and a description"),
    AP_INIT_RAW_ARGS("SCIMAttribute", scimp_cmd_attribute, NULL, IN_SERVER,
                     "an attribute of a schema: its name, its type, its characteristics, a description"),
    AP_INIT_TAKE1("SCIMServe", scimp_cmd_serve, NULL, ACCESS_CONF,
                  "the system that a Location serves; * for the system that the URL names; Off"),
    AP_INIT_TAKE1("SCIMAnonymous", scimp_cmd_anonymous, NULL, ACCESS_CONF,
                  "On, Off or discovery: who was not authenticated may come in where Require allows it"),
    AP_INIT_TAKE1("SCIMBaseURL", scimp_cmd_base_url, NULL, ACCESS_CONF,
                  "the URL under which clients know the Location"),
    AP_INIT_ITERATE("SCIMPageSize", scimp_cmd_page_size, NULL, IN_LOCATION,
                    "resources in a list: default= and max=, 0 for unlimited"),
    AP_INIT_TAKE1("SCIMMaxBody", scimp_cmd_max_body, NULL, IN_LOCATION,
                  "the largest request body: bytes, or with K or M behind it"),
    AP_INIT_TAKE1("SCIMMaxScan", scimp_cmd_max_scan, NULL, IN_LOCATION,
                  "records that are evaluated here for one request"),
    AP_INIT_TAKE1("SCIMTimeout", scimp_cmd_timeout, NULL, IN_LOCATION,
                  "the longest time that a request may wait for backends"),
    AP_INIT_TAKE1("SCIMMaxDepth", scimp_cmd_max_depth, NULL, IN_LOCATION, "nesting of JSON and of filters"),
    AP_INIT_TAKE1("SCIMMaxFilterTerms", scimp_cmd_max_terms, NULL, IN_LOCATION, "comparisons in a filter"),
    { NULL, { NULL }, NULL, 0, RAW_ARGS, NULL }
};
