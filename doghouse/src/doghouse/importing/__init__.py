"""What comes from elsewhere: monitors in files and folders, Terraform's JSON, the history of a real account.

keys = find_keys(keys_file)                                # from a file, else from the environment; AccountError
check_key(key, place), check_url(url)                      # as they are used; AccountError
client(address, keys, request_timeout=60)                  # the official client
error_texts(document)                                      # what an error answer of the API says
asked_to_wait(headers)                                     # seconds that an account's rate limit asks to wait, or None
"""

from doghouse.importing.access import (
    AccountError,
    Keys,
    api_address,
    check_key,
    check_url,
    client,
    error_texts,
    find_keys,
)
from doghouse.importing.rate_limits import asked_to_wait

__all__ = [
    "AccountError", "Keys", "api_address", "asked_to_wait", "check_key", "check_url", "client", "error_texts",
    "find_keys",
]  # fmt: skip
