"""DogStatsD: metrics, events and service checks that programs send as datagrams (docs: extend/dogstatsd)."""
