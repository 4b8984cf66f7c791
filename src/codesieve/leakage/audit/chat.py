"""A chat model behind an OpenAI-style HTTP endpoint, for the judge; standard library only."""

import http.client
import json
import time
import urllib.request
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from codesieve.errors import CodesieveError

MAX_TOKENS = 200
MAX_REPLY_BYTES = 1_000_000
_MAX_READ = 4_096  # bytes of an error's body that are looked at
_MAX_SAID = 200  # characters of them that an error shows


class ChatError(CodesieveError):
    """A chat endpoint cannot be asked, refuses, or replies with something that is no chat reply."""


@dataclass(frozen=True, slots=True)
class HttpChat:
    """Asks ``{base_url}/chat/completions``, temperature 0, at most `MAX_TOKENS` tokens.

    Redirects are not followed, so the key reaches no host but the one named. Proxies set in the
    environment are used, as `urllib` does.

    Attributes:
        base_url: http or https, such as ``http://127.0.0.1:8000/v1``; no user, query or fragment.
        model: the endpoint's name of the model.
        api_key: sent as a bearer token; in no error text and not in the `repr`.
        timeout_s: seconds for connecting, for each wait, and for the reply's body.

    Raises:
        ChatError: an argument is not of that form.
    """

    base_url: str
    model: str
    api_key: str | None = field(default=None, repr=False)
    timeout_s: float = 60

    def __post_init__(self) -> None:
        _check_url(self.base_url)
        if self.api_key is not None and not _is_token(self.api_key):
            raise ChatError(
                "chat: the API key is empty or holds a space or a sign that is no ASCII"
            )
        if not 0 < self.timeout_s < 86_400:
            raise ChatError(f"chat: timeout_s is {self.timeout_s}; give seconds, above 0")

    def complete(self, prompt: str) -> str:
        """The model's reply to one user message.

        Raises:
            ChatError: no connection, no reply in time, an HTTP status other than 200, or a body
                which is too long or holds no text.
        """
        opener = urllib.request.build_opener(_AsIs)
        try:
            with opener.open(self._request(prompt), timeout=self.timeout_s) as response:
                status, body = response.status, self._read(response)
        except (OSError, http.client.HTTPException, ValueError) as error:
            said = f"{type(error).__name__}: {error}"
            raise self._error(f"no reply; check base_url and that it is up ({said})") from None
        if 300 <= status < 400:
            raise self._error(f"HTTP {status}, a redirect; it is not followed, give its target")
        if status != 200:
            raise self._error(f"HTTP {status}: {body[:_MAX_READ].decode('utf-8', 'replace')}")
        return self._content(body)

    def _request(self, prompt: str) -> urllib.request.Request:
        asked = {
            "model": self.model,
            "messages": [{"role": "user", "content": prompt}],
            "temperature": 0,
            "max_tokens": MAX_TOKENS,
        }
        headers = {"Content-Type": "application/json", "Accept": "application/json"}
        if self.api_key is not None:
            headers["Authorization"] = f"Bearer {self.api_key}"
        return urllib.request.Request(
            f"{self.base_url.rstrip('/')}/chat/completions",
            data=json.dumps(asked).encode("ascii"),
            headers=headers,
            method="POST",
        )

    def _read(self, response: http.client.HTTPResponse) -> bytes:
        """The body, within the size and the time allowed."""
        body = bytearray()
        end = time.monotonic() + self.timeout_s
        while piece := response.read1(65_536):
            body += piece
            if len(body) > MAX_REPLY_BYTES:
                raise self._error(f"the reply is longer than {MAX_REPLY_BYTES:,} bytes")
            if time.monotonic() > end:
                raise self._error(f"the reply did not end within {self.timeout_s:g} s")
        return bytes(body)

    def _content(self, body: bytes) -> str:
        """The text of the first choice."""
        try:
            content = json.loads(body)["choices"][0]["message"]["content"]
        except (ValueError, KeyError, IndexError, TypeError, RecursionError):
            content = None
        if not isinstance(content, str):
            raise self._error("the reply has no text at choices[0].message.content")
        return content

    def _error(self, said: str) -> ChatError:
        """One line; what is said is left out where it repeats the key."""
        if self.api_key is not None and letters(self.api_key) in letters(said):
            said = "an error whose text repeats the API key, so it is not shown"
        host = urlsplit(self.base_url).netloc
        return ChatError(f"chat {host}: {one_line(said)[:_MAX_SAID].rstrip()}")


class _AsIs(urllib.request.HTTPErrorProcessor):
    """Hands every response back: no status raises, no redirect is followed."""

    def http_response(
        self, request: urllib.request.Request, response: http.client.HTTPResponse
    ) -> http.client.HTTPResponse:
        return response

    https_response = http_response


def one_line(text: str) -> str:
    """The text's printable characters on one line; runs of others and of spaces become a space."""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())


def _check_url(url: str) -> None:
    """Refuse what is no plain http(s) address; does not repeat it, for it may hold a password."""
    try:
        parts = urlsplit(url)
        plain = parts.scheme in ("http", "https") and parts.hostname and parts.port != 0
    except ValueError:
        plain = False
    if not plain or not _is_token(url) or any(c in url for c in "@?#"):
        raise ChatError(
            "chat: base_url is no plain http:// or https:// address (no user, query or fragment)"
        )


def _is_token(text: str) -> bool:
    """Whether it is visible ASCII without spaces."""
    return bool(text) and all("!" <= c <= "~" for c in text)


def letters(text: str) -> str:
    """Letters and digits in lower case: equal however a text was escaped, quoted or spaced."""
    return "".join(c for c in text if c.isalnum()).lower()
