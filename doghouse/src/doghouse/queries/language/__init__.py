"""The language of metric queries: text → syntax tree and back, checks, completion, what stands in a query. No numbers."""
