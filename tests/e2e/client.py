"""Somebody of the staff over HTTP, as programs work with the hotline."""

import ssl
from typing import Any

import httpx

PASSWORD = "demo12348"


class Client:
    """Somebody who works with the hotline over HTTP."""

    def __init__(self, url: str, username: str, *, trust: ssl.SSLContext | None) -> None:
        self._http = httpx.Client(base_url=f"{url}/api/v1", timeout=60, verify=trust or True)
        answer = self._http.post("/session", json={"username": username, "password": PASSWORD})
        answer.raise_for_status()
        self.token = str(answer.json()["token"])
        self.user: dict[str, Any] = answer.json()["user"]
        self._http.headers["Authorization"] = f"Bearer {self.token}"
        self._http.cookies.clear()

    def get(self, path: str, **options: Any) -> Any:
        """The JSON at a path."""
        return self.ask("GET", path, **options).json()

    def ask(self, method: str, path: str, **options: Any) -> httpx.Response:
        """An answer that is no error."""
        answer = self._http.request(method, path, **options)
        assert answer.is_success, f"{method} {path}: {answer.status_code} {answer.text}"
        return answer

    def try_(self, method: str, path: str, **options: Any) -> bool:
        """Asks for what may be impossible just now; whether it was done."""
        return self._http.request(method, path, **options).is_success

    def refused(self, method: str, path: str, **options: Any) -> int:
        """The status of an answer that must be an error."""
        answer = self._http.request(method, path, **options)
        assert not answer.is_success, f"{method} {path} was allowed"
        return answer.status_code

    def rows(self, path: str) -> list[dict[str, Any]]:
        """The rows of a listing."""
        rows: list[dict[str, Any]] = self.get(path)["items"]
        return rows

    def close(self) -> None:
        """Closes the connections."""
        self._http.close()
