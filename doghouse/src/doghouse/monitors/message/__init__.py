"""A monitor's message: its template language, the variables that it may use, and whom it mentions (monitors/notify)."""
