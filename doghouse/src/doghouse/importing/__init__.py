"""What comes from elsewhere: monitors in files and folders, Terraform's JSON, the history of a real account.

asked_to_wait(headers)                                     # seconds that an account's rate limit asks to wait, or None
"""

from doghouse.importing.rate_limits import asked_to_wait

__all__ = ["asked_to_wait"]
