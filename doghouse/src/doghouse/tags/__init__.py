"""Tags, hosts and names, as Datadog normalises them."""
