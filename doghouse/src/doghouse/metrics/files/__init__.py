"""Series in files: CSV and Parquet."""
