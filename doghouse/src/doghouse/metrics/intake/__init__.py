"""Points on their way in: bodies decoded into columns."""
