"""Monitors over records (logs, events, spans): their queries, what is wrong with them, and what their windows are worth."""
