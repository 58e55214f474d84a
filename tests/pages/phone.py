"""A phone that asks the server for the pages it writes itself: it keeps cookies as a browser does, and runs no script."""

from __future__ import annotations

import html
import re
from collections.abc import Mapping

import httpx
from starlette.applications import Starlette

from tests.loops import completed
from ui.server.shell import routes

HOST = "http://localhost"


class Phone:
    """One device. `address`: where it comes from. What it was answered last is `status`, `text` and `path`."""

    def __init__(self, address: str = "192.0.2.7") -> None:
        self.cookies = httpx.Cookies()
        self.address = address
        self.status, self.text, self.path = 0, "", ""

    def get(self, path: str) -> Phone:
        """Open an address, redirects followed."""
        return self._asked("GET", path)

    def post(
        self,
        path: str,
        typed: Mapping[str, str] | None = None,
        *,
        files: Mapping[str, tuple[str, bytes, str]] | None = None,
        origin: str = HOST,
    ) -> Phone:
        """Send a form, as from a page of `origin`."""
        return self._asked("POST", path, data=dict(typed or {}), files=files, headers={"origin": origin})

    @property
    def words(self) -> str:
        """What a person reads, without the markup."""
        text = re.sub(r"<(head|style)\b.*?</\1>", "", self.text, flags=re.DOTALL)
        return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", text))).strip()

    def _asked(self, method: str, path: str, **options: object) -> Phone:
        async def ask() -> httpx.Response:
            transport = httpx.ASGITransport(Starlette(routes=routes()), client=(self.address, 50_000))
            async with httpx.AsyncClient(
                transport=transport, base_url=HOST, cookies=self.cookies, follow_redirects=True
            ) as client:
                answer = await client.request(method, path, **options)  # type: ignore[arg-type]
                self.cookies = client.cookies
                return answer

        answer = completed(ask())
        self.status, self.text, self.path = answer.status_code, answer.text, str(answer.url.raw_path.decode())
        return self
