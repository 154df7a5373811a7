"""One exercise offered where the menu opens, with why in a sentence; or nothing.

Never where anything worries: no alarm, no card, no protocol, nobody who said that they are a minor.
What was drawn goes to the client with its chance, which keeps it in the person's sealed memory and
nowhere else.
"""

from __future__ import annotations

from dataclasses import replace

from holdfast.support.companion.dialogue.shapes import Event, Message
from holdfast.support.companion.dialogue.table import Table
from holdfast.support.companion.engine.conversation import Opened, Reply
from holdfast.support.companion.engine.offers import (
    NOTHING,
    Moment,
    Offer,
    choose,
    shipped_options,
    shipped_words,
)


def suggest(table: Table, event: Event) -> None:
    """Add an offer to a turn that opens the menu, where the person wants offers."""
    finished = any(effect.kind == "finished" for effect in table.effects)
    if not (isinstance(event, Opened) or finished) or not _may(table):
        return
    memory = table.claims.memory
    moment = Moment(table.now, goals=memory.goals, signs=table.claims.signs)
    # What was just finished is not offered again at once.
    done = {str(e.data.get("flow")) for e in table.effects if e.kind == "finished"}
    approved = [name for name in table.library.offered(table.language) if name not in done]
    offer = choose(shipped_options(), approved, moment, memory.past, seed=table.seed)
    data = {"flow": offer.flow, "chance": round(offer.chance, 4), "part": moment.part}
    table.effect("offer", data)
    if offer.flow != NOTHING:
        _say(table, offer)


def _may(table: Table) -> bool:
    led = table.protocol is not None and table.protocol.leading
    calm = table.signals is None and table.screened and table.lines is None
    at_menu = table.ask is not None and table.companion.mode == "menu"
    return table.claims.memory.offers and at_menu and calm and not led and not table.given.minor


def _say(table: Table, offer: Offer) -> None:
    words = shipped_words(table.language)
    variants = words.because[offer.because or "new"]
    index = table.seed % len(variants)
    title = table.library.flows[offer.flow].head(table.language).title
    text = variants[index].replace("{title}", title)
    name = f"offer.{offer.because or 'new'}.{index}"
    # Before the menu's own question, which is the turn's last line.
    table.messages.insert(len(table.messages) - 1, Message("say", text, name))
    if table.ask is not None:
        first = Reply(f"flow:{offer.flow}", title)
        others = tuple(one for one in table.ask.replies if one.code != first.code)
        table.ask = replace(table.ask, replies=(first, *others))
