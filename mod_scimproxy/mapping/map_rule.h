/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MAP_RULE_H
#define MAP_RULE_H

/**
 * @file map_rule.h
 * What rules are compiled to: private to the mapping layer. Everything here is made while the configuration is read and constant afterwards.
 */

#include "map_function.h"
#include "map_line.h"
#include "map_native.h"
#include "map_types.h"

/** A SCIMMap line. */
typedef struct map_rule_t {
    const char          *where;        /**< "file:line" */
    const char          *path;         /**< SCIM path as a client would write it, "-" for none */
    map_way_t            way;
    const scim_attr_t   *attr;         /**< top-level attribute, of the narrowed type in a program; NULL for "-" */
    const scim_attr_t   *sub;          /**< or NULL */
    const scim_filter_t *filter;       /**< of the path, or NULL */
    map_native_t         native;       /**< name is NULL for a constant that is read */
    const json_t        *constant;     /**< or NULL */
    const json_t        *dflt;         /**< of the attribute's type, or NULL */
    map_call_t          *calls;        /**< in the direction of reading, unless the rule only writes */
    int                  ncalls;
    unsigned             on;           /**< operations that it writes in */
    unsigned             on_given:1;   /**< `on` was written */
    unsigned             required:1;
    const char          *ref;          /**< resource type of a trailing or leading ref(), or NULL */
    struct map_each_t   *each;         /**< the section that it stands in, or NULL */
    int                  index;        /**< in map_plan_t.active */
} map_rule_t;

/** A <SCIMMapEach> section. */
struct map_each_t {
    const char        *where, *path;
    map_way_t          way;
    const scim_attr_t *attr;
    const char        *native;         /**< the list */
    map_rule_t       **rules;
    int                nrules;
    /** Native elements are known by what is written of them, so that one can be removed by its value: every rule that
     *  writes leads back to what it was read from, and no constant is written. */
    unsigned           by_value:1;
    unsigned           forward:1;      /**< by_value, and an element does not change the others (as a new primary would) */
};

/** How one value of an attribute is put together: the only one, or an element. */
typedef struct map_element_t {
    const char          *list;         /**< native list it is an element of, or NULL: made from the record itself */
    const scim_filter_t *filter;       /**< what describes it, or NULL */
    map_rule_t         **rules;        /**< that read a native value */
    int                  nrules;
    json_t              *fixed;        /**< object of what is there anyway: the filter's values and constants; or NULL */
    unsigned             always:1;     /**< there even where no rule has a value */
} map_element_t;

/** How a top-level attribute is read. */
typedef struct map_reading_t {
    const scim_attr_t *attr;
    const json_t      *constant;       /**< of a simple attribute, or NULL */
    map_element_t     *elements;
    int                nelements;
} map_reading_t;

/** A native attribute that is written, and the rules that do it: those that have values before constants. */
typedef struct map_place_t {
    const char   *native;
    map_each_t   *each;                /**< for a list, else NULL */
    map_rule_t  **rules;
    int           nrules;
} map_place_t;

struct map_program_t {
    const scim_rtype_t  *rtype;
    map_rule_t         **rules;        /**< all, in the order of the configuration */
    int                  nrules;
    map_each_t         **eaches;
    int                  neaches;
    map_reading_t       *readings;
    int                  nreadings;
    map_place_t         *places;
    int                  nplaces;
    const map_rule_t    *id;
    scim_attrs_t         uses;
    scim_attrs_t         reads;        /**< the plan for everything */
    const unsigned char *everything;   /**< active of that plan */
    const char         **refs;
};

/** The attribute that has the rule's value. */
#define map_rule_leaf(rule) ((rule)->sub ? (rule)->sub : (rule)->attr)

/** How an attribute is read; NULL if it is not. */
const map_reading_t *map_reading_of(const map_program_t *program, const scim_attr_t *attr);

/** True if the brackets of both paths, or none, describe the same element. */
int map_filter_same(const scim_filter_t *a, const scim_filter_t *b, apr_pool_t *p);

/** True for a text that can be an id (RFC 7643 section 3.1). */
int map_id_is_good(const char *id);

/** A native value run through a rule that reads. A new reference; NULL for none. */
json_t *map_rule_read(const map_rule_t *rule, const json_t *source, apr_pool_t *p);

/** SCIM value to native value; *native is a new reference. Errors name the attribute. */
scim_err_t *map_rule_write(const map_rule_t *rule, const json_t *value, json_t **native, apr_pool_t *p);

/** Native attributes of rules that are active (by map_rule_t.index) and read; of all rules, if active is NULL. In p. */
scim_attrs_t map_attrs_collect(map_rule_t *const *rules, int n, const unsigned char *active, apr_pool_t *p);

#endif
