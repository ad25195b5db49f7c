-- The tables of conf.d/embedded/schema.sqlite.sql with PostgreSQL's own types.
CREATE TABLE person (
    id              TEXT PRIMARY KEY,
    external_id     TEXT,
    login           TEXT NOT NULL,
    formatted_name  TEXT,
    family_name     TEXT,
    given_name      TEXT,
    middle_name     TEXT,
    name_prefix     TEXT,
    name_suffix     TEXT,
    display_name    TEXT,
    nick_name       TEXT,
    profile_url     TEXT,
    title           TEXT,
    user_type       TEXT,
    language        TEXT,
    locale          TEXT,
    time_zone       TEXT,
    status          TEXT NOT NULL DEFAULT 'A' CHECK (status IN ('A', 'I')),
    password_hash   TEXT,
    employee_number TEXT,
    cost_center     TEXT,
    organization    TEXT,
    division        TEXT,
    department      TEXT,
    manager_id      TEXT REFERENCES person (id) ON DELETE SET NULL,
    created_at      TIMESTAMP WITH TIME ZONE NOT NULL,
    modified_at     TIMESTAMP WITH TIME ZONE NOT NULL,
    row_version     BIGINT NOT NULL DEFAULT 1
);
CREATE UNIQUE INDEX person_login_lower ON person (LOWER(login));
CREATE INDEX person_external_id ON person (external_id);
CREATE INDEX person_manager ON person (manager_id);

CREATE TABLE person_email (
    person_id  TEXT NOT NULL REFERENCES person (id) ON DELETE CASCADE,
    position   INTEGER,
    address    TEXT NOT NULL,
    kind       TEXT,
    label      TEXT,
    is_primary BOOLEAN,
    UNIQUE (person_id, address, kind)
);
CREATE INDEX person_email_address ON person_email (LOWER(address));

CREATE TABLE person_phone (
    person_id  TEXT NOT NULL REFERENCES person (id) ON DELETE CASCADE,
    position   INTEGER,
    number     TEXT NOT NULL,
    kind       TEXT,
    label      TEXT,
    is_primary BOOLEAN,
    UNIQUE (person_id, number, kind)
);

CREATE TABLE person_address (
    person_id   TEXT NOT NULL REFERENCES person (id) ON DELETE CASCADE,
    position    INTEGER,
    kind        TEXT,
    formatted   TEXT,
    street      TEXT,
    locality    TEXT,
    region      TEXT,
    postal_code TEXT,
    country     TEXT,
    is_primary  BOOLEAN
);
CREATE INDEX person_address_person ON person_address (person_id);

CREATE TABLE person_role (
    person_id  TEXT NOT NULL REFERENCES person (id) ON DELETE CASCADE,
    position   INTEGER,
    role       TEXT NOT NULL,
    label      TEXT,
    kind       TEXT,
    is_primary BOOLEAN,
    UNIQUE (person_id, role)
);

CREATE TABLE team (
    id          TEXT PRIMARY KEY,
    external_id TEXT,
    name        TEXT NOT NULL,
    created_at  TIMESTAMP WITH TIME ZONE NOT NULL,
    modified_at TIMESTAMP WITH TIME ZONE NOT NULL,
    row_version BIGINT NOT NULL DEFAULT 1
);
CREATE UNIQUE INDEX team_name_lower ON team (LOWER(name));
CREATE INDEX team_external_id ON team (external_id);

CREATE TABLE team_member (
    team_id   TEXT NOT NULL REFERENCES team (id) ON DELETE CASCADE,
    person_id TEXT NOT NULL REFERENCES person (id) ON DELETE CASCADE,
    PRIMARY KEY (team_id, person_id)
);
CREATE INDEX team_member_person ON team_member (person_id);

CREATE VIEW person_team AS
    SELECT m.person_id AS person_id, m.team_id AS team_id, t.name AS team_name
      FROM team_member m JOIN team t ON t.id = m.team_id;
