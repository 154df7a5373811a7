"""Why somebody cannot ask, listen or write."""

from __future__ import annotations

from holdfast.core.problems import Conflict


class AdultsOnly(Conflict):
    """Nobody under 18 is ever brought together with an adult."""

    code = "peers-adults-only"
    title = "Listening is for people of 18 and over."


class Suspended(Conflict):
    code = "peers-suspended"
    title = "The practice has paused listening for this account."


class AlreadyAsking(Conflict):
    code = "peers-one-at-a-time"
    title = "There is a chat or a request already."


class ChatTaken(Conflict):
    """Another listener was faster, or the person no longer waits."""

    code = "peer-chat-taken"
    title = "Somebody else has taken this, or it was taken back."


class ChatOver(Conflict):
    code = "peer-chat-over"
    title = "This chat has ended."


class EnoughAtOnce(Conflict):
    code = "peers-enough-at-once"
    title = "You are in as many chats as you said you can be in."


class NoBadge(Conflict):
    code = "peers-no-badge"
    title = "An administrator gives the badge first."


class NotTrained(Conflict):
    code = "peers-not-trained"
    title = "The training is not finished."


class TellsWho(Conflict):
    code = "peers-name-tells-who"
    title = "This name says who you are. Choose another."


class NothingAsked(Conflict):
    code = "peers-nothing-asked"
    title = "Nobody asked this, or it has been answered."
