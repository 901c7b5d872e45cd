-- Run as a superuser of PostgreSQL 10 or newer; put the same password into conf.d/postgres.d/conf.yaml.
CREATE USER datadog WITH PASSWORD '<PASSWORD>';
GRANT pg_monitor TO datadog;
GRANT SELECT ON pg_stat_database TO datadog;
