"""Webhooks: their API, what they send of a notification, where they may send it, and the queues that they are sent from (integrations/webhooks)."""
