"""Points and series on disk. Nobody outside knows that the points are in DuckDB."""
