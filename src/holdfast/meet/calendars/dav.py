"""As much of CalDAV (RFC 4791), WebDAV sync (RFC 6578) and ETags as two-way calendars need.

Each request goes through `core.outbound`: the address was typed by somebody. XML is read by
defusedxml, which expands no entities.
"""

from __future__ import annotations

import base64
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import unquote, urljoin, urlsplit
from xml.sax.saxutils import escape

from defusedxml import ElementTree
from defusedxml.common import DefusedXmlException

from holdfast.core import outbound

DAV: Final = "{DAV:}"
CAL: Final = "{urn:ietf:params:xml:ns:caldav}"
_NS: Final = 'xmlns:d="DAV:" xmlns:c="urn:ietf:params:xml:ns:caldav"'
_AT_ONCE: Final = 50


class DavFault(Exception):
    """`reason`: `refused` (log-in), `not-a-calendar`, `not-understood`, `status-<n>`, or one of
    `core.outbound`'s.
    """

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class TokenExpired(Exception):
    """The server does not know that sync-token any more: everything is to be asked for."""


@dataclass(frozen=True)
class Found:
    """A calendar on a server."""

    url: str
    name: str


@dataclass(frozen=True)
class Changes:
    """Since a sync-token: address -> ETag of what there is, addresses of what is gone."""

    etags: dict[str, str]
    gone: frozenset[str]
    token: str
    #: Whether `etags` is everything there is, so that what it lacks is gone.
    whole: bool


@dataclass(frozen=True)
class Resource:
    href: str
    etag: str
    text: bytes


class Dav:
    """One account on one server."""

    def __init__(self, url: str, user: str, password: str) -> None:
        self.url = url
        secret = base64.b64encode(f"{user}:{password}".encode()).decode()
        self._authorization = f"Basic {secret}" if user else ""

    # --- finding calendars -----------------------------------------------------------------

    def calendars(self) -> list[Found]:
        """The calendars behind an address: itself, or those of the person who logs in there."""
        here = self._properties(self.url, "0")
        if own := _calendars(here):
            return [Found(self._own(found.url), found.name) for found in own]
        principal = _inner(here, f"{DAV}current-user-principal") or self._well_known()
        home = _inner(self._properties(self._own(principal), "0"), f"{CAL}calendar-home-set")
        if not home:
            raise DavFault("not-a-calendar")
        found = _calendars(self._properties(self._own(home), "1"))
        if not found:
            raise DavFault("not-a-calendar")
        return [Found(self._own(each.url), each.name) for each in found]

    def _well_known(self) -> str:
        """RFC 6764: where a server says that its calendars are, one redirect away."""
        answer = self._call("PROPFIND", urljoin(self.url, "/.well-known/caldav"), _ASKED, "0")
        if answer.status in {301, 302, 307, 308} and "location" in answer.headers:
            answer = self._call("PROPFIND", self._own(answer.headers["location"]), _ASKED, "0")
        found = _inner(list(_responses(answer)), f"{DAV}current-user-principal")
        if not found:
            raise DavFault("not-a-calendar")
        return found

    def _properties(self, url: str, depth: str) -> list[_Response]:
        return list(_responses(self._call("PROPFIND", url, _ASKED, depth)))

    # --- what changed ----------------------------------------------------------------------

    def changes(self, token: str) -> Changes:
        """Since that token; an empty one asks for everything. Raises TokenExpired."""
        body = (
            f"<d:sync-collection {_NS}><d:sync-token>{escape(token)}</d:sync-token>"
            "<d:sync-level>1</d:sync-level><d:prop><d:getetag/></d:prop></d:sync-collection>"
        )
        answer = self._call("REPORT", self.url, body, "0")
        if token and answer.status in {400, 403, 409, 410, 412}:
            raise TokenExpired
        if answer.status in {400, 403, 404, 405, 415, 501}:
            return self._listing()
        tree = _tree(answer)
        etags: dict[str, str] = {}
        gone: set[str] = set()
        for each in _responses(answer):
            if each.status == 404:
                gone.add(each.href)
            elif etag := each.text(f"{DAV}getetag"):
                etags[each.href] = etag
        return Changes(etags, frozenset(gone), tree.findtext(f"{DAV}sync-token") or "", not token)

    def _listing(self) -> Changes:
        """For a server without sync-tokens: every ETag there is."""
        body = f"<d:propfind {_NS}><d:prop><d:getetag/><d:resourcetype/></d:prop></d:propfind>"
        found = _responses(self._call("PROPFIND", self.url, body, "1"))
        own = unquote(urlsplit(self.url).path).rstrip("/")
        etags = {
            each.href: etag
            for each in found
            if (etag := each.text(f"{DAV}getetag"))
            and unquote(urlsplit(each.href).path).rstrip("/") != own
        }
        return Changes(etags, frozenset(), "", True)

    def read(self, hrefs: Collection[str]) -> Iterator[Resource]:
        """The events at these addresses; one that is gone by now is left out."""
        wanted = sorted(hrefs)
        for at in range(0, len(wanted), _AT_ONCE):
            named = "".join(f"<d:href>{escape(h)}</d:href>" for h in wanted[at : at + _AT_ONCE])
            body = (
                f"<c:calendar-multiget {_NS}><d:prop><d:getetag/><c:calendar-data/></d:prop>"
                f"{named}</c:calendar-multiget>"
            )
            for each in _responses(self._call("REPORT", self.url, body, "1")):
                text = each.text(f"{CAL}calendar-data")
                if text:
                    etag = each.text(f"{DAV}getetag") or ""
                    yield Resource(each.href, etag, text.encode())

    # --- writing ---------------------------------------------------------------------------

    def href_of(self, name: str) -> str:
        """Where a new event of ours goes."""
        return urlsplit(urljoin(self.url.rstrip("/") + "/", name)).path

    def put(self, href: str, text: bytes, etag: str) -> str | None:
        """Write; with an empty ETag only where nothing is there yet. The new ETag, or None where
        somebody was faster.
        """
        condition = {"If-Match": etag} if etag else {"If-None-Match": "*"}
        headers = {"Content-Type": "text/calendar; charset=utf-8"} | condition
        answer = self._send("PUT", self._own(href), headers, text)
        if answer.status in {404, 409, 412}:
            return None
        if answer.status not in {200, 201, 204}:
            raise DavFault(f"status-{answer.status}")
        if "etag" in answer.headers:
            return answer.headers["etag"]
        return next((found.etag for found in self.read([href])), "")

    def delete(self, href: str, etag: str) -> bool:
        """Whether it is gone; False where somebody changed it since."""
        answer = self._send("DELETE", self._own(href), {"If-Match": etag} if etag else {}, b"")
        if answer.status == 412:
            return False
        if answer.status not in {200, 202, 204, 404, 410}:
            raise DavFault(f"status-{answer.status}")
        return True

    # --- the wire --------------------------------------------------------------------------

    def _own(self, href: str) -> str:
        """An address that the server named: only ever one of its own."""
        url = urljoin(self.url, href)
        ours, theirs = urlsplit(self.url), urlsplit(url)
        if (ours.scheme, ours.netloc) != (theirs.scheme, theirs.netloc):
            raise DavFault("not-understood")
        return url

    def _call(self, method: str, url: str, body: str, depth: str) -> outbound.Answer:
        headers = {"Content-Type": "application/xml; charset=utf-8", "Depth": depth}
        content = f'<?xml version="1.0" encoding="utf-8"?>{body}'.encode()
        return self._send(method, url, headers, content)

    def _send(
        self, method: str, url: str, headers: dict[str, str], content: bytes
    ) -> outbound.Answer:
        if self._authorization:
            headers = headers | {"Authorization": self._authorization}
        try:
            answer = outbound.fetch(method, url, headers=headers, content=content)
        except outbound.Unreachable as error:
            raise DavFault(error.reason) from error
        if answer.status == 401:
            raise DavFault("refused")
        if answer.status >= 500 and answer.status != 501:
            raise DavFault(f"status-{answer.status}")
        return answer


_ASKED: Final = (
    f"<d:propfind {_NS}><d:prop><d:resourcetype/><d:displayname/><d:current-user-principal/>"
    "<c:calendar-home-set/><c:supported-calendar-component-set/></d:prop></d:propfind>"
)


@dataclass(frozen=True)
class _Response:
    href: str
    status: int
    props: dict[str, Any]

    def text(self, name: str) -> str:
        found = self.props.get(name)
        return (found.text or "").strip() if found is not None else ""


def _tree(answer: outbound.Answer) -> Any:
    if answer.status != 207:
        raise DavFault(f"status-{answer.status}" if answer.status >= 400 else "not-a-calendar")
    try:
        return ElementTree.fromstring(answer.body)
    except (ElementTree.ParseError, DefusedXmlException, ValueError) as error:
        raise DavFault("not-understood") from error


def _responses(answer: outbound.Answer) -> Iterator[_Response]:
    for each in _tree(answer).findall(f"{DAV}response"):
        href = (each.findtext(f"{DAV}href") or "").strip()
        status = _status(each.findtext(f"{DAV}status") or "")
        props: dict[str, Any] = {}
        for part in each.findall(f"{DAV}propstat"):
            if _status(part.findtext(f"{DAV}status") or "") == 200:
                for prop in part.findall(f"{DAV}prop"):
                    props |= {child.tag: child for child in prop}
        yield _Response(href, status, props)


def _status(line: str) -> int:
    """Of "HTTP/1.1 404 Not Found"; 200 where nothing is said."""
    parts = line.split()
    return int(parts[1]) if len(parts) > 1 and parts[1].isdecimal() else 200


def _calendars(found: list[_Response]) -> list[Found]:
    return [
        Found(each.href, each.text(f"{DAV}displayname"))
        for each in found
        if (kind := each.props.get(f"{DAV}resourcetype")) is not None
        and kind.find(f"{CAL}calendar") is not None
        and _holds_events(each)
    ]


def _holds_events(each: _Response) -> bool:
    parts = each.props.get(f"{CAL}supported-calendar-component-set")
    if parts is None or len(parts) == 0:
        return True
    return any(part.get("name") == "VEVENT" for part in parts)


def _inner(found: list[_Response], name: str) -> str:
    """The address inside a property such as current-user-principal."""
    for each in found:
        element = each.props.get(name)
        href = element.findtext(f"{DAV}href") if element is not None else None
        if href:
            return str(href).strip()
    return ""
