"""Requests to the intake: made, sent, and kept until they can be sent."""
