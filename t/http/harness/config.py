# SPDX-License-Identifier: Apache-2.0
"""Pieces of configurations, for tests that need others than the directory of conf.d/embedded."""

# Who may: credentials of the server's users file. A user without the right gets 403.
BASIC = """\
AuthType Basic
    AuthName "SCIM"
    AuthBasicProvider file
    AuthUserFile "{root}/users"
    AuthzSendForbiddenOnFailure On"""

# Mappings of the directory's tables that say no more than a test needs.
SMALL_USER = """\
<SCIMResourceType User target=store>
        SCIMProperty sql.table         person
        SCIMProperty sql.key           id
        SCIMProperty sql.key.generate  uuid
        SCIMProperty sql.version       row_version
        SCIMProperty sql.created       created_at
        SCIMProperty sql.modified      modified_at
        SCIMMap id               <-   id
        SCIMMap userName         <->  login  required
        SCIMMap name.familyName  <->  family_name
        SCIMMap displayName      <->  display_name
        SCIMMap title            <->  title
        SCIMMap nickName         <->  nick_name | concatString(prefix="n-")
        <SCIMMapEach emails <-> rows(person_email, person_id, position)>
            SCIMMap value  <->  address
            SCIMMap type   <->  kind
        </SCIMMapEach>
    </SCIMResourceType>"""
SMALL_GROUP = """\
<SCIMResourceType Group target=store>
        SCIMProperty sql.table         team
        SCIMProperty sql.key           id
        SCIMProperty sql.key.generate  uuid
        SCIMProperty sql.version       row_version
        SCIMProperty sql.created       created_at
        SCIMProperty sql.modified      modified_at
        SCIMMap id           <-   id
        SCIMMap displayName  <->  name  required
        <SCIMMapEach members <-> rows(team_member, team_id)>
            SCIMMap value  <->  person_id | ref(User)
        </SCIMMapEach>
    </SCIMResourceType>"""


def lines(*texts):
    """The texts that are not empty, one below the other."""
    return "\n    ".join(text for text in texts if text)


def target(database=None, name="store", *more):
    """A target on a database; without one, on a file that is not there, for what never gets so far."""
    driver, params = (database.driver, database.params) if database else ("sqlite3", "{root}/none.db")
    return f"""
<SCIMTarget {name} sql>
    {lines(f"SCIMProperty sql.driver {driver}", f'SCIMProperty sql.params "{params}"', *more)}
</SCIMTarget>
"""


def system(name, *types, options=""):
    return f"""
<SCIMSystem {name} {options}>
    {lines(*types)}
</SCIMSystem>
"""


def location(path, serve, *more, require="Require valid-user", authentication=BASIC):
    """A Location for the users of the server; serve is a system, * or nothing."""
    return f"""
<Location "{path}">
    {lines(serve and f"SCIMServe {serve}", authentication, require, *more)}
</Location>
"""


def small(database=None, path="/scim/v2", *more):
    """A system "small" of users and groups, and a Location with more lines."""
    return target(database) + system("small", SMALL_USER, SMALL_GROUP) + location(path, "small", *more)
