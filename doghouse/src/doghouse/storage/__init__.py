"""The data folder: SQLite files, what goes wrong with files, backups."""
