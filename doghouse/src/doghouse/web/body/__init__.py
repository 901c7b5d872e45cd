"""What a request's body may hold, and how it is received: bounds by endpoint, encodings, all bodies together."""
