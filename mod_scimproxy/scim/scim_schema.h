/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SCIM_SCHEMA_H
#define SCIM_SCHEMA_H

/**
 * @file scim_schema.h
 * Schemas and resource types (RFC 7643 sections 2, 6, 7): made while the
 * configuration is read, read-only and shared by all threads afterwards.
 */

#include "scim_types.h"

typedef enum { SCIM_READ_WRITE, SCIM_READ_ONLY, SCIM_IMMUTABLE, SCIM_WRITE_ONLY } scim_mutability_t;
typedef enum { SCIM_RETURNED_DEFAULT, SCIM_RETURNED_ALWAYS, SCIM_RETURNED_NEVER, SCIM_RETURNED_REQUEST } scim_returned_t;
typedef enum { SCIM_UNIQUE_NONE, SCIM_UNIQUE_SERVER, SCIM_UNIQUE_GLOBAL } scim_uniqueness_t;

typedef struct scim_attr_t scim_attr_t;
typedef struct scim_schema_t scim_schema_t;

/** An attribute or sub-attribute with its characteristics. */
struct scim_attr_t {
    const char         *name;
    const char         *description;   /**< may be NULL */
    scim_type_t         type;
    unsigned            multi:1, required:1, case_exact:1;
    scim_mutability_t   mutability;
    scim_returned_t     returned;
    scim_uniqueness_t   uniqueness;
    const char *const  *canonical;     /**< canonicalValues, NULL at the end; or NULL */
    const char *const  *ref_types;     /**< referenceTypes, NULL at the end; or NULL */
    scim_attr_t        *sub;           /**< sub-attributes of a complex one */
    int                 nsub;
    const scim_attr_t  *parent;        /**< of a sub-attribute */
    const scim_schema_t *schema;       /**< where it is defined */
    const char         *home;          /**< URN of the object it stands in, NULL for the resource's top level */
};

struct scim_schema_t {
    const char  *urn;
    const char  *name;
    const char  *description;          /**< may be NULL */
    scim_attr_t *attrs;
    int          nattrs;
};

typedef struct scim_extension_t {
    scim_schema_t *schema;
    unsigned       required:1;
} scim_extension_t;

/** A resource type: its schemas are copies of its own, so that what a backend
 *  maps can narrow them (RFC 7643 section 6). */
typedef struct scim_rtype_t {
    const char       *name;            /**< "User": id in /ResourceTypes, meta.resourceType */
    const char       *endpoint;        /**< "Users", without slash */
    const char       *description;     /**< may be NULL */
    scim_schema_t    *common;          /**< schemas, id, externalId, meta */
    scim_schema_t    *core;
    scim_extension_t *ext;
    int               next;
} scim_rtype_t;

/** The schemas of RFC 7643 sections 4.1, 4.2, 4.3 and 3.1. Constant. */
const scim_schema_t *scim_schema_user(void);
const scim_schema_t *scim_schema_group(void);
const scim_schema_t *scim_schema_enterprise(void);
const scim_schema_t *scim_schema_common(void);

/** Makes an empty schema for <SCIMSchema>. Texts are copied. */
scim_schema_t *scim_schema_make(const char *urn, const char *name, const char *description, apr_pool_t *p);
/**
 * Adds an attribute. name may be "parent.sub" after its parent was added as complex. attr gives the
 * characteristics; its texts are copied. Returns NULL or what is wrong: bad name (RFC 7643 section 2.1),
 * defined twice, a complex attribute in a complex one, sub-attribute of a simple one.
 */
const char *scim_schema_add(scim_schema_t *schema, const char *name, const scim_attr_t *attr, apr_pool_t *p);

/** Makes a resource type over a copy of the schema, the common attributes and no extension. */
scim_rtype_t *scim_rtype_make(const char *name, const char *endpoint, const scim_schema_t *core, apr_pool_t *p);
/** Adds a copy of an extension. */
void scim_rtype_extend(scim_rtype_t *rtype, const scim_schema_t *schema, int required, apr_pool_t *p);

/** What a backend does with an attribute. */
typedef enum { SCIM_USE_NONE = 0, SCIM_USE_READ = 1, SCIM_USE_WRITE = 2 } scim_use_t;
/** Tells, as bits of scim_use_t, what is mapped. */
typedef int (*scim_use_fn)(void *baton, const scim_attr_t *attr);
/**
 * A copy narrowed to what is mapped: attributes without use go; those only read become readOnly; those only written
 * become writeOnly with returned never; complex attributes without sub-attributes go, and extensions without
 * attributes. use() is asked for simple attributes and sub-attributes, and for complex ones only about themselves.
 * id, schemas and meta always stay.
 */
scim_rtype_t *scim_rtype_narrow(const scim_rtype_t *rtype, scim_use_fn use, void *baton, apr_pool_t *p);

/** Look-ups; names and URNs without regard to case (RFC 7643 section 2.1, RFC 7644 section 3.10). NULL if unknown. */
const scim_attr_t *scim_schema_attr(const scim_schema_t *schema, const char *name, apr_size_t len);
const scim_attr_t *scim_attr_sub(const scim_attr_t *attr, const char *name);
/** A top-level attribute of the resource type by name: core first, then common; extensions only by their URN. */
const scim_attr_t *scim_rtype_attr(const scim_rtype_t *rtype, const char *name);
/** The core schema or extension with that URN (len bytes of it). */
const scim_schema_t *scim_rtype_schema(const scim_rtype_t *rtype, const char *urn, apr_size_t len);
/** True if the schema is the resource type's core or common one. */
int scim_rtype_is_core(const scim_rtype_t *rtype, const scim_schema_t *schema);

/** "userName", "name.familyName", "urn:...:User:department": as a path has it. In p. */
const char *scim_attr_path(const scim_attr_t *attr, apr_pool_t *p);

/** Words of RFC 7643 section 7, as "readWrite", "dateTime". */
const char *scim_type_name(scim_type_t type);
const char *scim_mutability_name(scim_mutability_t m);
const char *scim_returned_name(scim_returned_t r);
const char *scim_uniqueness_name(scim_uniqueness_t u);
/** The type named so (without regard to case); -1 if none is. */
int scim_type_by_name(const char *name);

#endif
