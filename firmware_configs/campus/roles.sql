-- Who may read what, after the first start of `collect`: psql -d campus -f roles.sql
-- The collector owns the tables. Operators see rooms; whoever asks for floors and buildings sees those alone.
CREATE ROLE mimicry_operators NOLOGIN;
GRANT SELECT ON newest, offline, muted, degraded, deaf, old_version, clock, gap TO mimicry_operators;
-- The page (`page --store`): states and each room's summaries; nothing that names a person or a pair.
CREATE ROLE mimicry_page NOLOGIN;
GRANT SELECT ON version, device, status, summary, mute, span, gap TO mimicry_page;
CREATE ROLE mimicry_floors NOLOGIN;
GRANT SELECT ON floor_hour, building_hour TO mimicry_floors;
