"""A room of visitors: 10, 30 and 60 of them on one server, each changing the indicator every 5 s, over Streamlit's own websocket.

No browsers: they would take the processor that is to be measured. A visitor speaks the protocol of `streamlit.proto` as a browser
does: it asks for a run with the values of every widget it was sent, and waits until the server says that the run has finished.
The application (`/carte`) and the plain page (`plain_app.py`) take turns on one machine in one run, so that only ratios are read.
"""

from __future__ import annotations

import asyncio
import random
import statistics
import time
from collections.abc import AsyncIterator, Coroutine, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from itertools import cycle
from typing import Any, TypeVar

from playwright.sync_api import Browser
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.Element_pb2 import Element
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import WebSocketException

from benchmarks.drive import Server, Visit, choose, fresh, served, visit, wait_for
from benchmarks.figures import frame
from benchmarks.row import Row

T = TypeVar("T")

EVERY = 5.0
"""Seconds between two changes of one visitor."""

COUNTS = (10, 30, 60)
TURNS = 2
PATIENCE = 120.0
"""Seconds after which a visitor gives up: an error, however long the answer would have taken."""

PAGES = {"app": "carte", "plain": ""}
"""What is served (see `benchmarks.drive.served`) and the page of it that is visited."""

LIST = "Indicateur"
"""The label of the list that is changed; both pages have it."""


class VisitError(Exception):
    """The page failed for this visitor: what it said."""


@dataclass
class Visitor:
    """One visitor with their websocket: what a browser would hold between two runs."""

    socket: ClientConnection
    page_hash: str = ""
    query: str = ""
    options: list[str] = field(default_factory=list)
    states: dict[str, WidgetState] = field(default_factory=dict)
    list_id: str = ""

    async def enter(self, page: str) -> float:
        """The first visit of `page`; seconds until its run has finished. Raises `VisitError`."""
        message = BackMsg()
        message.rerun_script.page_name = page
        return await self._run(message)

    async def change(self, option: str) -> float:
        """Choose `option` in the list; seconds until the run has finished. Raises `VisitError`."""
        self.states[self.list_id].string_value = option
        message = BackMsg()
        message.rerun_script.query_string = self.query
        message.rerun_script.page_script_hash = self.page_hash
        message.rerun_script.widget_states.widgets.extend(self.states.values())
        return await self._run(message)

    async def _run(self, message: BackMsg) -> float:
        begun = time.perf_counter()
        seen: set[str] = set()
        try:
            async with asyncio.timeout(PATIENCE):
                await self.socket.send(message.SerializeToString())
                while not await self._receive(seen):
                    pass
        except TimeoutError:
            raise VisitError(f"no answer within {PATIENCE:g} s") from None
        except (OSError, WebSocketException) as error:
            raise VisitError(f"the connection broke: {error}") from error
        taken = time.perf_counter() - begun
        # As a browser: a widget that the page no longer shows is no longer sent.
        self.states = {id_: state for id_, state in self.states.items() if id_ in seen}
        if self.list_id not in self.states:
            raise VisitError(f"the page came without its list « {LIST} »")
        return taken

    async def _receive(self, seen: set[str]) -> bool:
        """Take one message in; whether the run has finished."""
        payload = await self.socket.recv()
        message = ForwardMsg.FromString(payload if isinstance(payload, bytes) else payload.encode())
        kind = message.WhichOneof("type")
        if kind == "delta" and message.delta.WhichOneof("type") == "new_element":
            self._element(message.delta.new_element, seen)
        elif kind == "navigation":
            self.page_hash = message.navigation.page_script_hash
        elif kind == "new_session" and not self.page_hash:
            self.page_hash = message.new_session.page_script_hash
        elif kind == "page_info_changed":
            self.query = message.page_info_changed.query_string
        elif (
            kind == "session_event"
            and message.session_event.WhichOneof("type") == "script_compilation_exception"
        ):
            raise VisitError("the page does not compile")
        elif kind == "script_finished":
            if message.script_finished == ForwardMsg.FINISHED_WITH_COMPILE_ERROR:
                raise VisitError("the page does not compile")
            # A run that ends early is followed by the one that it asked for.
            return message.script_finished == ForwardMsg.FINISHED_SUCCESSFULLY
        return False

    def _element(self, element: Element, seen: set[str]) -> None:
        kind = element.WhichOneof("type")
        if kind == "exception":
            raise VisitError(element.exception.message)
        if kind == "html" and 'role="alert"' in element.html.body:
            raise VisitError(element.html.body)
        if kind == "selectbox":
            box = element.selectbox
            if box.label == LIST:
                self.list_id, self.options = box.id, list(box.options)
            chosen = box.raw_value if box.set_value else box.options[box.default] if box.options else ""
            self._keep(box.id, WidgetState(id=box.id, string_value=chosen), seen, told=box.set_value)
        elif kind == "checkbox":
            tick = element.checkbox
            on = tick.value if tick.set_value else tick.default
            self._keep(tick.id, WidgetState(id=tick.id, bool_value=on), seen, told=tick.set_value)
        elif kind == "text_input":
            text = element.text_input
            typed = text.value if text.set_value else text.default
            self._keep(text.id, WidgetState(id=text.id, string_value=typed), seen, told=text.set_value)

    def _keep(self, id_: str, state: WidgetState, seen: set[str], told: bool) -> None:
        """The value the server tells, or its default at first sight; else what the visitor chose stays."""
        seen.add(id_)
        if told or id_ not in self.states:
            self.states[id_] = state


@asynccontextmanager
async def visitor(server: Server) -> AsyncIterator[Visitor]:
    """Somebody at the door of `server`, connected."""
    address = server.url.replace("http", "ws", 1) + "/_stcore/stream"
    async with connect(address, subprotocols=["streamlit"], max_size=None, open_timeout=PATIENCE) as socket:  # type: ignore[list-item]
        yield Visitor(socket)


@dataclass
class Crowd:
    """What `count` visitors of one page saw: seconds of each change, the processor's seconds, what failed."""

    seconds: list[float] = field(default_factory=list)
    processor: float = 0.0
    lasted: float = 0.0
    errors: list[str] = field(default_factory=list)

    def at(self, share: float) -> float:
        """The time within which this share of the changes was answered."""
        if not self.seconds:
            return PATIENCE
        ordered = sorted(self.seconds)
        return ordered[min(len(ordered) - 1, int(share * len(ordered)))]

    @property
    def each(self) -> float:
        """Seconds of processor that the server used for one change."""
        return self.processor / max(1, len(self.seconds))

    @property
    def core(self) -> float:
        """Share of one core, in percent."""
        return 100 * self.processor / self.lasted if self.lasted else 0.0

    def told(self) -> str:
        """Median and 95th percentile in words."""
        return f"{self.at(0.5):.2f}/{self.at(0.95):.2f} s"


async def goes_on(one: Visitor, first: int, begin: float, end: float, crowd: Crowd) -> None:
    """Change every `EVERY` seconds from `begin` to `end` (of the loop's clock); an answer that takes longer is followed at once."""
    loop = asyncio.get_running_loop()
    due, at = begin, first
    while due < end:
        await asyncio.sleep(max(0.0, due - loop.time()))
        at += 1
        try:
            crowd.seconds.append(await one.change(one.options[at % len(one.options)]))
        except VisitError as error:
            crowd.errors.append(str(error))
            return
        due = max(due + EVERY, loop.time())


async def stay(server: Server, page: str, count: int, seconds: float, crowd: Crowd, seed: int) -> None:
    """Let `count` visitors in one after another, then all change for `seconds`; what they saw goes to `crowd`."""
    moments = random.Random(seed)
    async with AsyncExitStack() as stack:
        room = []
        for _ in range(count):
            one = await stack.enter_async_context(visitor(server))
            try:
                await one.enter(page)
            except VisitError as error:
                crowd.errors.append(str(error))
            else:
                room.append(one)
        now, used = asyncio.get_running_loop().time(), server.processor()
        async with asyncio.TaskGroup() as group:
            for index, one in enumerate(room):
                begin = now + moments.uniform(0, EVERY)
                group.create_task(goes_on(one, index * 7, begin, now + seconds, crowd))
        crowd.lasted += asyncio.get_running_loop().time() - now
        crowd.processor += server.processor() - used


async def walk(server: Server, page: str) -> None:
    """Once through the list: every answer is in the caches, as on a server that is in use."""
    async with visitor(server) as one:
        await one.enter(page)
        for option in one.options[1:]:
            await one.change(option)


async def arrive(server: Server, page: str, count: int) -> list[float]:
    """`count` visitors who come at the same moment: seconds of each, in order, from the connection to the finished page."""

    async def come() -> float:
        begun = time.perf_counter()
        async with visitor(server) as one:
            await one.enter(page)
            return time.perf_counter() - begun

    return sorted(await asyncio.gather(*(come() for _ in range(count))))


def apart(work: Coroutine[Any, Any, T]) -> T:
    """`work` in an event loop of its own, in a thread: this one belongs to the browser's driver."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, work).result()


def crowds(counts: Sequence[int], seconds: float) -> dict[tuple[str, int], Crowd]:
    """Both pages with each number of visitors, in turns."""
    seen = {(page, count): Crowd() for page in PAGES for count in counts}
    with served("app") as ours, served("plain") as plain:
        servers = {"app": ours, "plain": plain}
        for page, path in PAGES.items():
            apart(walk(servers[page], path))
        for count in counts:
            for turn in range(TURNS):
                for page, path in PAGES.items():
                    crowd = seen[page, count]
                    apart(stay(servers[page], path, count, seconds / TURNS, crowd, seed=turn))
    return seen


def first_visits(runs: int, count: int = 30) -> list[Row]:
    """`count` visitors at once before a server that nobody has visited: seconds until the last of them sees the whole page.

    Ours counts twice: from the moment it says that it takes visitors (`/readyz`), and from its door, which opens before: those who come
    that early also wait for the rest of the start, which the cold start (`cold`) measures.
    """
    last: dict[str, list[float]] = {name: [] for name in ("ready", "door", "plain")}
    for _ in range(runs):
        for name, seconds in last.items():
            page = "plain" if name == "plain" else "app"
            with served(page) as server:
                if name == "ready":
                    wait_for(server.url + "/readyz")
                seconds.append(apart(arrive(server, PAGES[page], count))[-1])
    ready, door, plain = (statistics.median(seconds) for seconds in last.values())
    beside = f"plain {plain:.2f} s"
    return [
        Row(f"{count} first visits at once, the last", f"{ready:.2f} s", beside, ready, 2.0, "s"),
        Row("  the same, from the door", f"{door:.2f} s", beside, door / plain, 0.5),
    ]


FLOOR_TEXT = """
window.__signature = () => {
  const line = document.querySelector('[data-testid="stText"]');
  return line ? line.textContent : '';
};
"""


def floor(browser: Browser, runs: int) -> list[Row]:
    """One visitor in Chromium: from the click to the repainted map of `/carte`, to the changed line of the floor; in turns."""
    count = len(frame("territory"))
    with served("app") as ours, served("floor") as bare, served("plain") as plain:
        visits: dict[str, Visit] = {}
        turns: dict[str, cycle[str]] = {}
        seconds: dict[str, list[float]] = {}
        for name, server, path in (("carte", ours, "/carte"), ("floor", bare, ""), ("plain", plain, "")):
            seen = visit(fresh(browser))
            if name == "floor":
                seen.page.add_init_script(FLOOR_TEXT)
            seen.page.goto(server.url + path)
            seen.painted(count, 120)
            box = seen.page.get_by_role("combobox", name=LIST)
            box.click()
            options = [text.strip() for text in seen.page.get_by_role("option").all_inner_texts()[:4]]
            seen.page.keyboard.press("Escape")
            shown = box.input_value()
            visits[name], seconds[name] = seen, []
            turns[name] = cycle([*[option for option in options if option != shown][:2], shown])
        for run in range(3 + 3 * runs):
            for name, seen in visits.items():
                taken = choose(seen, next(turns[name]), count)
                seen.page.wait_for_timeout(700)
                if run >= 3:  # once around first: every answer is in the caches
                    seconds[name].append(taken)
        for seen in visits.values():
            seen.page.context.close()
    carte, low, beside = (statistics.median(seconds[name]) for name in ("carte", "floor", "plain"))
    return [
        Row("click to repaint, /carte", f"{carte:.3f} s", f"floor {low:.3f} s", carte / low, 1.35),
        Row("the same", f"{carte:.3f} s", f"plain {beside:.3f} s", carte / beside, 0.5),
    ]


def room(browser: Browser, runs: int, seconds: float = 40.0) -> list[Row]:
    """The whole of it. `seconds`: how long each number of visitors changes each page, in `TURNS` turns."""
    seen = crowds(COUNTS, seconds)
    rows = []
    for count in COUNTS:
        ours, plain = seen["app", count], seen["plain", count]
        ratio = ours.at(0.95) / plain.at(0.95)
        rows.append(Row(f"{count} visitors, p50/p95", ours.told(), f"plain {plain.told()}", ratio, 0.5))
        each = f"{1000 * ours.each:.0f} ms ({ours.core:.0f} %)"
        beside = f"plain {1000 * plain.each:.0f} ms ({plain.core:.0f} %)"
        rows.append(Row("  processor per change (of a core)", each, beside, ours.each / plain.each, 0.5))
        failed = f"plain {len(plain.errors)}"
        rows.append(Row("  errors", str(len(ours.errors)), failed, len(ours.errors), 0, ""))
    most = seen["app", COUNTS[-1]].at(0.95)
    rows.append(Row(f"{COUNTS[-1]} visitors, p95", f"{most:.2f} s", "", most, 1.0, "s"))
    return [*rows, *first_visits(min(runs, 3)), *floor(browser, runs)]
