"""The endpoints of SLOs and of their corrections."""
