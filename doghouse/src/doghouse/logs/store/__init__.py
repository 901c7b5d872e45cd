"""Where logs are kept: an inbox on disk that acknowledges them, and columns that are searched."""
