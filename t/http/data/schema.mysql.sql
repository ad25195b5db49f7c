-- The tables of conf.d/embedded/schema.sqlite.sql with MariaDB's own types. Texts have the server's default collation, which knows
-- neither case nor accents; keys and external ids are compared byte by byte.
CREATE TABLE person (
    id              VARCHAR(64) COLLATE utf8mb4_bin PRIMARY KEY,
    external_id     VARCHAR(255) COLLATE utf8mb4_bin,
    login           VARCHAR(255) NOT NULL UNIQUE,
    formatted_name  VARCHAR(255),
    family_name     VARCHAR(255),
    given_name      VARCHAR(255),
    middle_name     VARCHAR(255),
    name_prefix     VARCHAR(255),
    name_suffix     VARCHAR(255),
    display_name    VARCHAR(255),
    nick_name       VARCHAR(255),
    profile_url     VARCHAR(1000),
    title           VARCHAR(255),
    user_type       VARCHAR(255),
    language        VARCHAR(64),
    locale          VARCHAR(64),
    time_zone       VARCHAR(64),
    status          CHAR(1) NOT NULL DEFAULT 'A' CHECK (status IN ('A', 'I')),
    password_hash   VARCHAR(255),
    employee_number VARCHAR(255),
    cost_center     VARCHAR(255),
    organization    VARCHAR(255),
    division        VARCHAR(255),
    department      VARCHAR(255),
    manager_id      VARCHAR(64) COLLATE utf8mb4_bin,
    created_at      DATETIME(6) NOT NULL,
    modified_at     DATETIME(6) NOT NULL,
    row_version     BIGINT NOT NULL DEFAULT 1,
    KEY (external_id),
    FOREIGN KEY (manager_id) REFERENCES person (id) ON DELETE SET NULL
);

CREATE TABLE person_email (
    person_id  VARCHAR(64) COLLATE utf8mb4_bin NOT NULL,
    position   INTEGER,
    address    VARCHAR(255) NOT NULL,
    kind       VARCHAR(64),
    label      VARCHAR(255),
    is_primary BOOLEAN,
    UNIQUE (person_id, address, kind),
    KEY (address),
    FOREIGN KEY (person_id) REFERENCES person (id) ON DELETE CASCADE
);

CREATE TABLE person_phone (
    person_id  VARCHAR(64) COLLATE utf8mb4_bin NOT NULL,
    position   INTEGER,
    number     VARCHAR(255) NOT NULL,
    kind       VARCHAR(64),
    label      VARCHAR(255),
    is_primary BOOLEAN,
    UNIQUE (person_id, number, kind),
    FOREIGN KEY (person_id) REFERENCES person (id) ON DELETE CASCADE
);

CREATE TABLE person_address (
    person_id   VARCHAR(64) COLLATE utf8mb4_bin NOT NULL,
    position    INTEGER,
    kind        VARCHAR(64),
    formatted   VARCHAR(1000),
    street      VARCHAR(255),
    locality    VARCHAR(255),
    region      VARCHAR(255),
    postal_code VARCHAR(64),
    country     VARCHAR(64),
    is_primary  BOOLEAN,
    KEY (person_id),
    FOREIGN KEY (person_id) REFERENCES person (id) ON DELETE CASCADE
);

CREATE TABLE person_role (
    person_id  VARCHAR(64) COLLATE utf8mb4_bin NOT NULL,
    position   INTEGER,
    role       VARCHAR(255) NOT NULL,
    label      VARCHAR(255),
    kind       VARCHAR(64),
    is_primary BOOLEAN,
    UNIQUE (person_id, role),
    FOREIGN KEY (person_id) REFERENCES person (id) ON DELETE CASCADE
);

CREATE TABLE team (
    id          VARCHAR(64) COLLATE utf8mb4_bin PRIMARY KEY,
    external_id VARCHAR(255) COLLATE utf8mb4_bin,
    name        VARCHAR(255) NOT NULL UNIQUE,
    created_at  DATETIME(6) NOT NULL,
    modified_at DATETIME(6) NOT NULL,
    row_version BIGINT NOT NULL DEFAULT 1,
    KEY (external_id)
);

CREATE TABLE team_member (
    team_id   VARCHAR(64) COLLATE utf8mb4_bin NOT NULL,
    person_id VARCHAR(64) COLLATE utf8mb4_bin NOT NULL,
    PRIMARY KEY (team_id, person_id),
    KEY (person_id),
    FOREIGN KEY (team_id) REFERENCES team (id) ON DELETE CASCADE,
    FOREIGN KEY (person_id) REFERENCES person (id) ON DELETE CASCADE
);

CREATE VIEW person_team AS
    SELECT m.person_id AS person_id, m.team_id AS team_id, t.name AS team_name
      FROM team_member m JOIN team t ON t.id = m.team_id;
