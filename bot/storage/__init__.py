"""The only SQL: tables, unit of work, one file of queries a noun."""
