"""The endpoints of dashboards, their lists and snapshots."""
