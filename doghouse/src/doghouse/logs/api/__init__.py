"""The endpoints that read logs: lists of both versions, and what logs come to."""
