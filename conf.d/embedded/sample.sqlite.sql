-- The people and teams that "./bootstrap run" begins with. Nobody of them exists; addresses and numbers are those set aside for examples.
PRAGMA foreign_keys = ON;
BEGIN;

INSERT INTO person (id, external_id, login, formatted_name, family_name, given_name, middle_name, name_prefix, name_suffix, display_name, nick_name, title, user_type, language, locale, time_zone, status, employee_number, cost_center, organization, division, department, manager_id, created_at, modified_at) VALUES
    ('5a1ad000-0000-4000-8000-0000000000a1', 'hr-10001', 'h.brandt', 'Dr. Helene Brandt', 'Brandt', 'Helene', NULL, 'Dr.', NULL, 'Helene Brandt', NULL, 'Managing Director', 'Employee', 'de', 'de-DE', 'Europe/Berlin', 'A', '10001', '1000', 'Lumen Works', 'Board', 'Management', NULL, '2019-04-01 07:00:00', '2019-04-01 07:00:00'),
    ('5a1ad000-0000-4000-8000-0000000000a2', 'hr-10002', 'm.lindqvist', 'Mats Lindqvist', 'Lindqvist', 'Mats', NULL, NULL, NULL, 'Mats Lindqvist', NULL, 'Head of Engineering', 'Employee', 'sv', 'sv-SE', 'Europe/Stockholm', 'A', '10002', '2000', 'Lumen Works', 'Technology', 'Engineering', '5a1ad000-0000-4000-8000-0000000000a1', '2019-04-01 07:05:00', '2019-04-01 07:05:00'),
    ('5a1ad000-0000-4000-8000-0000000000a3', 'hr-10003', 'o.adeyemi', 'Oluwaseun Tunde Adeyemi', 'Adeyemi', 'Oluwaseun', 'Tunde', NULL, NULL, 'Seun Adeyemi', 'Seun', 'Head of People', 'Employee', 'en', 'en-GB', 'Europe/London', 'A', '10003', '3000', 'Lumen Works', 'Services', 'People', '5a1ad000-0000-4000-8000-0000000000a1', '2019-06-17 08:30:00', '2019-06-17 08:30:00'),
    ('5a1ad000-0000-4000-8000-0000000000a4', 'hr-10014', 'c.moreau', 'Camille Moreau', 'Moreau', 'Camille', NULL, NULL, NULL, 'Camille Moreau', NULL, 'Software Engineer', 'Employee', 'fr', 'fr-FR', 'Europe/Paris', 'A', '10014', '2100', 'Lumen Works', 'Technology', 'Engineering', '5a1ad000-0000-4000-8000-0000000000a2', '2020-01-13 09:00:00', '2020-01-13 09:00:00'),
    ('5a1ad000-0000-4000-8000-0000000000a5', 'hr-10015', 't.nakamura', 'Taro Nakamura', 'Nakamura', 'Taro', NULL, NULL, NULL, '中村 太郎', NULL, 'Software Engineer', 'Employee', 'ja', 'ja-JP', 'Asia/Tokyo', 'A', '10015', '2100', 'Lumen Works', 'Technology', 'Engineering', '5a1ad000-0000-4000-8000-0000000000a2', '2020-02-03 00:15:00', '2020-02-03 00:15:00'),
    ('5a1ad000-0000-4000-8000-0000000000a6', 'hr-10021', 's.oconnor', 'Siobhán O''Connor', 'O''Connor', 'Siobhán', NULL, NULL, NULL, 'Siobhán O''Connor', NULL, 'Database Administrator', 'Employee', 'en', 'en-IE', 'Europe/Dublin', 'A', '10021', '2200', 'Lumen Works', 'Technology', 'Operations', '5a1ad000-0000-4000-8000-0000000000a2', '2020-09-01 08:00:00', '2020-09-01 08:00:00'),
    ('5a1ad000-0000-4000-8000-0000000000a7', 'hr-10022', 'j.lopez', 'Javier María López', 'López', 'Javier', 'María', NULL, NULL, 'Javier López', NULL, 'Site Reliability Engineer', 'Employee', 'es', 'es-ES', 'Europe/Madrid', 'I', '10022', '2200', 'Lumen Works', 'Technology', 'Operations', '5a1ad000-0000-4000-8000-0000000000a2', '2020-11-16 08:00:00', '2020-11-16 08:00:00'),
    ('5a1ad000-0000-4000-8000-0000000000a8', 'hr-10030', 'k.larsen', 'Kirsten Larsen', 'Larsen', 'Kirsten', NULL, NULL, NULL, 'Kirsten Larsen', NULL, 'Recruiter', 'Employee', 'da', 'da-DK', 'Europe/Copenhagen', 'A', '10030', '3100', 'Lumen Works', 'Services', 'People', '5a1ad000-0000-4000-8000-0000000000a3', '2021-03-22 07:45:00', '2021-03-22 07:45:00'),
    ('5a1ad000-0000-4000-8000-0000000000a9', 'hr-10041', 'd.okafor', 'Daniel Okafor Jr.', 'Okafor', 'Daniel', NULL, NULL, 'Jr.', 'Daniel Okafor', 'Dan', 'Account Manager', 'Employee', 'en', 'en-US', 'America/New_York', 'A', '10041', '4000', 'Lumen Works America', 'Sales', 'Sales', '5a1ad000-0000-4000-8000-0000000000a1', '2021-08-02 13:00:00', '2021-08-02 13:00:00'),
    ('5a1ad000-0000-4000-8000-0000000000aa', NULL, 'p.weiss', 'Prof. Petra Weiß', 'Weiß', 'Petra', NULL, 'Prof.', NULL, 'Petra Weiß', NULL, 'Adviser', 'Contractor', 'de', 'de-AT', 'Europe/Vienna', 'A', NULL, NULL, 'Weiß Beratung', NULL, 'Engineering', '5a1ad000-0000-4000-8000-0000000000a2', '2022-05-09 06:30:00', '2022-05-09 06:30:00'),
    ('5a1ad000-0000-4000-8000-0000000000ab', 'hr-10055', 'a.kowalska', 'Agnieszka Kowalska', 'Kowalska', 'Agnieszka', NULL, NULL, NULL, 'Agnieszka Kowalska', 'Aga', 'Accountant', 'Employee', 'pl', 'pl-PL', 'Europe/Warsaw', 'A', '10055', '1100', 'Lumen Works', 'Services', 'Finance', '5a1ad000-0000-4000-8000-0000000000a1', '2023-02-01 07:00:00', '2023-02-01 07:00:00'),
    ('5a1ad000-0000-4000-8000-0000000000ac', 'hr-10068', 'r.silva', 'Rui Manuel Silva', 'Silva', 'Rui', 'Manuel', NULL, NULL, 'Rui Silva', NULL, 'Trainee', 'Employee', 'pt', 'pt-PT', 'Europe/Lisbon', 'A', '10068', '2100', 'Lumen Works', 'Technology', 'Engineering', '5a1ad000-0000-4000-8000-0000000000a4', '2024-09-02 08:00:00', '2024-09-02 08:00:00');

INSERT INTO person_email (person_id, position, address, kind, label, is_primary) VALUES
    ('5a1ad000-0000-4000-8000-0000000000a1', 0, 'h.brandt@example.com', 'work', NULL, 1),
    ('5a1ad000-0000-4000-8000-0000000000a2', 0, 'm.lindqvist@example.com', 'work', NULL, 1),
    ('5a1ad000-0000-4000-8000-0000000000a3', 0, 'o.adeyemi@example.com', 'work', NULL, 1),
    ('5a1ad000-0000-4000-8000-0000000000a4', 0, 'c.moreau@example.com', 'work', NULL, 1),
    ('5a1ad000-0000-4000-8000-0000000000a4', 1, 'camille@example.org', 'home', 'Private', NULL),
    ('5a1ad000-0000-4000-8000-0000000000a5', 0, 't.nakamura@example.com', 'work', NULL, 1),
    ('5a1ad000-0000-4000-8000-0000000000a6', 0, 's.oconnor@example.com', 'work', NULL, 1),
    ('5a1ad000-0000-4000-8000-0000000000a6', 1, 'siobhan@example.net', 'home', 'Private', NULL),
    ('5a1ad000-0000-4000-8000-0000000000a7', 0, 'j.lopez@example.com', 'work', NULL, 1),
    ('5a1ad000-0000-4000-8000-0000000000a8', 0, 'k.larsen@example.com', 'work', NULL, 1),
    ('5a1ad000-0000-4000-8000-0000000000a9', 0, 'd.okafor@example.com', 'work', NULL, 1),
    ('5a1ad000-0000-4000-8000-0000000000a9', 1, 'dan.okafor@example.net', 'home', 'Private', NULL),
    ('5a1ad000-0000-4000-8000-0000000000aa', 0, 'p.weiss@example.com', 'work', NULL, 1),
    ('5a1ad000-0000-4000-8000-0000000000ab', 0, 'a.kowalska@example.com', 'work', NULL, 1),
    ('5a1ad000-0000-4000-8000-0000000000ac', 0, 'r.silva@example.com', 'work', NULL, 1);

INSERT INTO person_phone (person_id, position, number, kind, is_primary) VALUES
    ('5a1ad000-0000-4000-8000-0000000000a1', 0, '+49 30 23125 101', 'work', 1),
    ('5a1ad000-0000-4000-8000-0000000000a1', 1, '+49 30 23125 901', 'mobile', NULL),
    ('5a1ad000-0000-4000-8000-0000000000a2', 0, '+46 8 46500 104', 'work', 1),
    ('5a1ad000-0000-4000-8000-0000000000a3', 0, '+44 20 7946 0103', 'work', 1),
    ('5a1ad000-0000-4000-8000-0000000000a4', 0, '+33 1 99 00 12 04', 'work', 1),
    ('5a1ad000-0000-4000-8000-0000000000a6', 0, '+49 30 23125 106', 'work', 1),
    ('5a1ad000-0000-4000-8000-0000000000a6', 1, '+44 7700 900106', 'mobile', NULL),
    ('5a1ad000-0000-4000-8000-0000000000a8', 0, '+49 30 23125 108', 'work', 1),
    ('5a1ad000-0000-4000-8000-0000000000a9', 0, '+1 202 555 0109', 'work', 1),
    ('5a1ad000-0000-4000-8000-0000000000a9', 1, '+1 202 555 0199', 'fax', NULL),
    ('5a1ad000-0000-4000-8000-0000000000ab', 0, '+49 30 23125 111', 'work', 1);

INSERT INTO person_address (person_id, position, kind, formatted, street, locality, region, postal_code, country, is_primary) VALUES
    ('5a1ad000-0000-4000-8000-0000000000a1', 0, 'work', 'Lichtweg 12
10999 Berlin
Germany', 'Lichtweg 12', 'Berlin', 'BE', '10999', 'DE', 1),
    ('5a1ad000-0000-4000-8000-0000000000a2', 0, 'work', 'Lyktgatan 4
111 00 Stockholm
Sweden', 'Lyktgatan 4', 'Stockholm', NULL, '111 00', 'SE', 1),
    ('5a1ad000-0000-4000-8000-0000000000a3', 0, 'work', '9 Lantern Lane
EC1A 0ZZ London
United Kingdom', '9 Lantern Lane', 'London', NULL, 'EC1A 0ZZ', 'GB', 1),
    ('5a1ad000-0000-4000-8000-0000000000a4', 0, 'work', 'Lichtweg 12
10999 Berlin
Germany', 'Lichtweg 12', 'Berlin', 'BE', '10999', 'DE', 1),
    ('5a1ad000-0000-4000-8000-0000000000a4', 1, 'home', '3 rue du Phare
75000 Paris
France', '3 rue du Phare', 'Paris', NULL, '75000', 'FR', NULL),
    ('5a1ad000-0000-4000-8000-0000000000a5', 0, 'work', 'Akari 1-2-3
100-0000 Tokyo
Japan', 'Akari 1-2-3', 'Tokyo', NULL, '100-0000', 'JP', 1),
    ('5a1ad000-0000-4000-8000-0000000000a6', 0, 'work', 'Lichtweg 12
10999 Berlin
Germany', 'Lichtweg 12', 'Berlin', 'BE', '10999', 'DE', 1),
    ('5a1ad000-0000-4000-8000-0000000000a8', 0, 'work', 'Lichtweg 12
10999 Berlin
Germany', 'Lichtweg 12', 'Berlin', 'BE', '10999', 'DE', 1),
    ('5a1ad000-0000-4000-8000-0000000000a9', 0, 'work', '100 Beacon Street
Springfield, IL 62700
USA', '100 Beacon Street', 'Springfield', 'IL', '62700', 'US', 1),
    ('5a1ad000-0000-4000-8000-0000000000aa', 0, 'other', 'Laternengasse 7
1010 Wien
Austria', 'Laternengasse 7', 'Wien', NULL, '1010', 'AT', NULL),
    ('5a1ad000-0000-4000-8000-0000000000ab', 0, 'work', 'Lichtweg 12
10999 Berlin
Germany', 'Lichtweg 12', 'Berlin', 'BE', '10999', 'DE', 1);

INSERT INTO person_role (person_id, position, role, label, kind, is_primary) VALUES
    ('5a1ad000-0000-4000-8000-0000000000a1', 0, 'approver', 'Approves budgets', NULL, 1),
    ('5a1ad000-0000-4000-8000-0000000000a2', 0, 'approver', 'Approves budgets', NULL, 1),
    ('5a1ad000-0000-4000-8000-0000000000a2', 1, 'on-call', NULL, NULL, NULL),
    ('5a1ad000-0000-4000-8000-0000000000a6', 0, 'dba', 'Database administration', 'technical', 1),
    ('5a1ad000-0000-4000-8000-0000000000a6', 1, 'on-call', NULL, NULL, NULL),
    ('5a1ad000-0000-4000-8000-0000000000ab', 0, 'auditor', 'Reads everything', NULL, 1);

INSERT INTO team (id, external_id, name, created_at, modified_at) VALUES
    ('7ea30000-0000-4000-8000-000000000001', 'eng', 'Engineering', '2019-04-01 08:00:00', '2019-04-01 08:00:00'),
    ('7ea30000-0000-4000-8000-000000000002', 'ops', 'Operations', '2020-09-01 08:30:00', '2020-09-01 08:30:00'),
    ('7ea30000-0000-4000-8000-000000000003', 'people', 'People', '2019-06-17 09:00:00', '2019-06-17 09:00:00'),
    ('7ea30000-0000-4000-8000-000000000004', NULL, 'Berlin Office', '2021-01-04 08:00:00', '2021-01-04 08:00:00');

INSERT INTO team_member (team_id, person_id) VALUES
    ('7ea30000-0000-4000-8000-000000000001', '5a1ad000-0000-4000-8000-0000000000a2'),
    ('7ea30000-0000-4000-8000-000000000001', '5a1ad000-0000-4000-8000-0000000000a4'),
    ('7ea30000-0000-4000-8000-000000000001', '5a1ad000-0000-4000-8000-0000000000a5'),
    ('7ea30000-0000-4000-8000-000000000001', '5a1ad000-0000-4000-8000-0000000000aa'),
    ('7ea30000-0000-4000-8000-000000000001', '5a1ad000-0000-4000-8000-0000000000ac'),
    ('7ea30000-0000-4000-8000-000000000002', '5a1ad000-0000-4000-8000-0000000000a2'),
    ('7ea30000-0000-4000-8000-000000000002', '5a1ad000-0000-4000-8000-0000000000a6'),
    ('7ea30000-0000-4000-8000-000000000002', '5a1ad000-0000-4000-8000-0000000000a7'),
    ('7ea30000-0000-4000-8000-000000000003', '5a1ad000-0000-4000-8000-0000000000a3'),
    ('7ea30000-0000-4000-8000-000000000003', '5a1ad000-0000-4000-8000-0000000000a8'),
    ('7ea30000-0000-4000-8000-000000000004', '5a1ad000-0000-4000-8000-0000000000a1'),
    ('7ea30000-0000-4000-8000-000000000004', '5a1ad000-0000-4000-8000-0000000000a4'),
    ('7ea30000-0000-4000-8000-000000000004', '5a1ad000-0000-4000-8000-0000000000a6'),
    ('7ea30000-0000-4000-8000-000000000004', '5a1ad000-0000-4000-8000-0000000000a8'),
    ('7ea30000-0000-4000-8000-000000000004', '5a1ad000-0000-4000-8000-0000000000ab');

COMMIT;
