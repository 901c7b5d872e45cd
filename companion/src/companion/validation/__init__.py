"""What Datadog would refuse, found before anything is sent. Offline."""
