"""The only place with SQL: one DuckDB writer, its tables and views, the published snapshot."""
