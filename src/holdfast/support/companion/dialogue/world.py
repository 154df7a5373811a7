"""What every turn needs and no turn changes: flows, protocol, policy packs, and their versions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from hashlib import sha256
from importlib.resources import files

from holdfast.safety.engine.policy import packs
from holdfast.safety.engine.policy.packs import Policies
from holdfast.safety.engine.protocol import format as protocol_format
from holdfast.safety.engine.protocol.format import Protocol
from holdfast.support.companion.engine import library as flows
from holdfast.support.companion.engine import topics
from holdfast.support.companion.engine.library import Library
from holdfast.support.companion.engine.routing import by_words_and_topics
from holdfast.support.companion.engine.understanding import Route, by_keywords

FALLBACK = "en"


@dataclass(frozen=True, eq=False)
class World:
    """Content, read once. `versions`: rules, weights, protocol and policy, as short digests."""

    library: Library
    protocol: Protocol
    policies: Policies
    versions: Mapping[str, str]
    route: Route = by_keywords

    @property
    def languages(self) -> frozenset[str]:
        """Languages in which a whole conversation can be led."""
        spoken = set(self.library.common) & set(self.protocol.languages)
        return frozenset(spoken & set(self.policies.words))

    def spoken(self, language: str) -> str | None:
        """The language of a locale that can be led; None where there is none."""
        base = language.replace("_", "-").split("-")[0].lower()
        return base if base in self.languages else None

    def with_flows(self, on: frozenset[str] | None) -> Library:
        """The library with these flows on, drafts too, and no others; None: as it is."""
        return self.library if on is None else _turned(self, on)


@lru_cache(maxsize=256)
def _turned(world: World, on: frozenset[str]) -> Library:
    library = world.library
    pairs = {
        (name, head.language)
        for name, flow in library.flows.items()
        if name in on
        for head in flow.heads()
    }
    off = frozenset(library.flows) - on
    return replace(library, turned_on=frozenset(pairs), turned_off=off)


def shipped_world() -> World:
    """Everything that ships. Some hundred milliseconds; keep it."""
    protocol, policies = protocol_format.shipped(), packs.shipped()
    versions = {
        **_screen_versions(),
        "protocol": f"{protocol.script.version}-{protocol.digest}",
        "policy": policies.digest,
    }
    route = by_words_and_topics(topics.shipped())
    return World(flows.shipped(), protocol, policies, versions, route)


def _screen_versions() -> dict[str, str]:
    content = files("holdfast.safety") / "content" / "screen"
    rules = sha256()
    for path in sorted((content / "rules").iterdir(), key=lambda one: one.name):
        if path.name.endswith(".yaml"):
            rules.update(path.read_bytes())
    weights = sha256((content / "weights" / "manifest.json").read_bytes())
    return {"rules": rules.hexdigest()[:12], "weights": weights.hexdigest()[:12]}
