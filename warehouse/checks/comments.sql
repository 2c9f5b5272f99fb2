-- Every table, view, macro and column says what it is.
select table_name as name from duckdb_tables()
where database_name = current_database() and not temporary and coalesce(comment, '') = ''
union all
select view_name from duckdb_views()
where database_name = current_database() and not internal and not temporary and coalesce(comment, '') = ''
union all
select function_name from duckdb_functions()
where database_name = current_database() and function_type = 'table_macro' and not internal
    and coalesce(comment, '') = ''
union all
select table_name || '.' || column_name from duckdb_columns()
where database_name = current_database() and not internal and coalesce(comment, '') = ''
order by name
