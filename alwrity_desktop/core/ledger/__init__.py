"""The only place with SQL: schema, migrations, writing, reading, rollups, maintenance."""
