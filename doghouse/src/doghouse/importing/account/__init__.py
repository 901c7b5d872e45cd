"""A real account's history, read through the official client so that monitors can be evaluated over it.

    account = Account(address, keys, cache, tell)              # AccountError without the client
    account.prepare(monitors, start, end)                      # says how many requests it takes and how long, and asks for everything
    account.read(monitor, start, end, hosts)                   # a source of points, and the monitor to evaluate over it

Each distinct query is asked once a stretch, several queries in a request (`requesting`), at a resolution that the monitor's window asks for (`resolutions`),
and what cannot change any more is kept on disk (`pages`), so that a run that was stopped goes on where it was.
"""

from doghouse.importing.account.pages import cache_folder
from doghouse.importing.account.reading import Account, Read, Tell

__all__ = ["Account", "Read", "Tell", "cache_folder"]
