"""What of Datadog doghouse does, partly does and does not do, read off the code that does it."""
