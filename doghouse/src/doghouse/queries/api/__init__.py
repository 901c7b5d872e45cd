"""The endpoints that answer queries: what they are asked, what they answer."""
