"""The queues of webhooks at work: each webhook has one of its own, in order, so that a slow or failing receiver holds up nobody else."""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import Callable, Collection

from msgspec import Struct

from doghouse.monitors.message import mentions
from doghouse.notifications.model import Delivery, Notification
from doghouse.notifications.store import NotificationStore
from doghouse.notifications.webhooks.model import MASK, Request
from doghouse.notifications.webhooks.request import RequestError, masked, request
from doghouse.notifications.webhooks.sending import NotAllowed, SendError, send, target
from doghouse.notifications.webhooks.store import WebhookStore
from doghouse.notifications.webhooks.template import Variables
from doghouse.notifications.webhooks.variables import built_in, tags
from doghouse.time.clock import Clock

log = logging.getLogger(__name__)

# After each failed attempt (s): 6 attempts in all. GUESS: the waits; documented are 5 more attempts where no connection is made, and some after a 5xx.
WAITS_S = (1, 2, 4, 8, 16)
ENDING_S = 3  # how long the end waits for a queue


class Inputs(Struct, frozen=True):
    """What the queues read: `base_url` is this doghouse's address, `allowed` the hosts besides this machine that may be sent to."""

    notifications: NotificationStore
    webhooks: WebhookStore
    clock: Clock
    base_url: Callable[[], str] = str
    allowed: Collection[str] = ()


class _Queue(Struct):
    """A thread that sends what is due to one webhook. `cancel` makes it stop in the middle of a request."""

    thread: threading.Thread
    cancel: Callable[[], object] = lambda: None


class Outbox:
    """Sends what is due. A copy is noted as sent once it was answered: a crash in between has it sent again, so that a receiver may get one twice."""

    def __init__(self, inputs: Inputs) -> None:
        self._inputs = inputs
        self._queues: dict[str, _Queue] = {}
        self._ending = threading.Event()

    def look(self) -> None:
        """Begin to send what is due. It does not wait until that is sent."""
        for handle in self._inputs.notifications.waiting_webhooks():
            queue = self._queues.get(handle)
            if self._due(handle) is not None and (queue is None or not queue.thread.is_alive()):
                thread = threading.Thread(target=self._work, args=(handle,), name=handle, daemon=True)
                self._queues[handle] = _Queue(thread)
                thread.start()

    def wait(self) -> None:
        """Wait until what was begun is sent, or failed."""
        for queue in list(self._queues.values()):
            queue.thread.join()

    def end(self) -> None:
        """Stop; what is not sent stays waiting, and is sent after the next start."""
        self._ending.set()
        for queue in list(self._queues.values()):
            queue.cancel()
            queue.thread.join(ENDING_S)

    def _due(self, handle: str) -> tuple[Delivery, Notification] | None:
        """The oldest copy that waits, if it is due: those behind it keep their order."""
        first = self._inputs.notifications.first_waiting(handle)
        return first if first is not None and first[0].due <= self._inputs.clock.now() else None

    def _work(self, handle: str) -> None:
        try:
            asyncio.run(self._send_due(handle))
        except asyncio.CancelledError:
            pass
        except Exception:
            log.exception("the queue of @%s stopped; it goes on in a moment", handle)

    async def _send_due(self, handle: str) -> None:
        loop, task = asyncio.get_running_loop(), asyncio.current_task()
        if task is not None:
            self._queues[handle].cancel = lambda: loop.is_closed() or loop.call_soon_threadsafe(task.cancel)
        while not self._ending.is_set() and (due := self._due(handle)) is not None:
            await self._send(*due)

    async def _send(self, delivery: Delivery, notification: Notification) -> None:
        store, now = self._inputs.notifications, self._inputs.clock.now
        try:
            await self._attempt(delivery, notification)
        except NotAllowed as error:
            store.kept(delivery, str(error))
        except (RequestError, SendError) as error:
            again = isinstance(error, SendError) and not error.final and delivery.attempts < len(WAITS_S)
            store.refused(delivery, str(error), now() + WAITS_S[delivery.attempts] if again else None)
            log.warning("@%s did not take notification %s: %s", delivery.recipient, notification.id, error)
        else:
            store.sent(delivery, now())

    async def _attempt(self, delivery: Delivery, notification: Notification) -> None:
        """Make the request, keep it as it may be shown, and send it. Raises RequestError, and SendError in words that may be shown."""
        name = delivery.recipient.removeprefix(mentions.WEBHOOK)
        webhook = self._inputs.webhooks.webhook(name)
        if webhook is None:
            raise RequestError(f"there is no webhook of the name '{name}'")
        custom = self._inputs.webhooks.variables()
        fixed = built_in(notification, delivery.recipient, self._inputs.base_url()), tags(notification)
        shown = masked(request(webhook, Variables(*fixed, {variable.name: variable.shown for variable in custom})))
        unmasked = request(webhook, Variables(*fixed, {variable.name: variable.value for variable in custom}))
        self._inputs.webhooks.keep(delivery.id, shown)
        try:
            await send(unmasked, self._inputs.allowed)
        except SendError as error:
            raise type(error)(_without_secrets(str(error), shown, unmasked), final=error.final) from None


def _without_secrets(text: str, shown: Request, unmasked: Request) -> str:
    """What went wrong, without the name of a host that a secret variable has in it."""
    try:
        host = target(unmasked.url).host
    except SendError:
        return text
    return text if host in shown.url.lower() else text.replace(host, MASK)
