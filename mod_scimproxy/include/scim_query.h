/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SCIM_QUERY_H
#define SCIM_QUERY_H

/**
 * @file scim_query.h
 * Queries and changes in the backend's own terms: what the mapping layer
 * makes of a SCIM request, and what a connector carries out. Nothing here is
 * specific to a kind of backend.
 *
 * A *native attribute* is named by text: an LDAP attribute, an SQL column, a
 * JSON member, or what a connector defines, as "rows(person_phone, person_id)"
 * for a child table. Names come from the configuration, never from a client.
 */

#include <apr_tables.h>
#include "scim_types.h"

#ifdef __cplusplus
extern "C" {
#endif

/** A native attribute that rules read or write. */
typedef struct scim_attr_use_t {
    const char  *name;
    const char **sub;      /**< for a list of elements: the columns or members of an
                                element that are used; "." is the element itself */
    int          nsub;
    const unsigned char *sub_write; /**< by sub: true for those that rules write; NULL where only reading is asked for */
    unsigned     read:1, write:1;
    unsigned     list:1;   /**< a list of elements (SCIMMapEach), not one value */
} scim_attr_use_t;

/** The native attributes a record shall hold. The key and the version are
 *  always delivered (scim_record_t), whether named here or not. */
typedef struct scim_attrs_t {
    const scim_attr_use_t *use;
    int                    n;
} scim_attrs_t;

typedef enum {
    SCIM_Q_TRUE, SCIM_Q_FALSE,
    SCIM_Q_AND, SCIM_Q_OR,     /**< of sub[0..nsub-1], nsub >= 1 */
    SCIM_Q_NOT,                /**< of sub[0] */
    SCIM_Q_CMP,                /**< attr op value */
    SCIM_Q_ELEM                /**< some element of the list attr satisfies sub[0],
                                    whose names are those of the element */
} scim_qkind_t;

/**
 * A filter over native attributes.
 *
 * SCIM_Q_CMP means: EQ holds if the attribute has the value; PR if it has one
 * that is not empty; every other operator is false where there is no value,
 * but NE, which is true there. NOT is two-valued: what has no value satisfies
 * NOT (a EQ "x").
 */
typedef struct scim_qfilter_t scim_qfilter_t;
struct scim_qfilter_t {
    scim_qkind_t           kind;
    scim_cmp_t             op;
    const char            *attr;
    const json_t          *value;      /**< borrowed scalar; NULL for PR */
    scim_type_t            type;       /**< how to compare */
    unsigned               case_exact:1;
    const scim_qfilter_t **sub;
    int                    nsub;
};

/** How well a backend can answer a comparison (scim_connector_t.match). */
typedef enum {
    SCIM_MATCH_NONE,                   /**< not at all */
    SCIM_MATCH_SUPERSET,               /**< every record that matches, and others */
    SCIM_MATCH_EXACT
} scim_match_t;

/** Order of a result; ties are broken by the key. No value sorts last, with
 *  descending first (RFC 7644 section 3.4.2.3). */
typedef struct scim_qsort_t {
    const char *attr;
    scim_type_t type;
    unsigned    case_exact:1, descending:1;
} scim_qsort_t;

/** What to search. */
typedef struct scim_query_t {
    const scim_qfilter_t *filter;      /**< NULL: all */
    scim_attrs_t          attrs;
    const scim_qsort_t   *sort;        /**< NULL: by key */
    apr_int64_t           offset;      /**< records to skip */
    apr_int64_t           limit;       /**< records at most; -1: all; 0: only count */
    unsigned              want_total:1;
} scim_query_t;

/** What a search says besides its records. */
typedef struct scim_page_t {
    apr_int64_t total;                 /**< of the whole result, -1 if it was not wanted */
} scim_page_t;

/** One record of a backend. */
typedef struct scim_record_t {
    const char *key;                   /**< native key, as text */
    const char *version;               /**< native version, or NULL */
    json_t     *data;                  /**< object: native attribute -> value */
} scim_record_t;

typedef enum {
    SCIM_MOD_SET,     /**< the attribute is now values: a scalar, null for none; for
                           a list the whole array (the connector writes the difference) */
    SCIM_MOD_ADD,     /**< the elements of the array values are added; those that
                           are there already change nothing */
    SCIM_MOD_REMOVE   /**< the elements equal to those of the array values go; an
                           object matches by the members it names */
} scim_modkind_t;

typedef struct scim_mod_t {
    scim_modkind_t kind;
    const char    *attr;
    json_t        *values;             /**< borrowed */
} scim_mod_t;

/** A change of one record: its parts are done in order, all or none. */
typedef struct scim_change_t {
    const scim_mod_t *mods;
    int               n;
    const apr_array_header_t *versions; /**< of const char *: one of them must be the record's
                                             version, else SCIM_E_PRECONDITION. NULL: any */
} scim_change_t;

#ifdef __cplusplus
}
#endif
#endif
