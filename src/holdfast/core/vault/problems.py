"""What the vault refuses, and why."""

from __future__ import annotations

from holdfast.core.problems import Conflict, Problem


class VaultExists(Conflict):
    code = "vault-exists"
    title = "This account has a vault already."


class NoVault(Conflict):
    code = "vault-missing"
    title = "This account has no vault yet."


class WrapNeeded(Conflict):
    """Without it the vault could no longer be opened by what was just changed."""

    code = "vault-wrap-needed"
    title = "Send the vault's way in, made anew, along with this change."


class PasskeyUnknown(Conflict):
    code = "vault-passkey-unknown"
    title = "This account has no such passkey."


class KeysMoved(Conflict):
    """The device does not have the account's newest keys."""

    code = "vault-keys-changed"
    title = "The keys of this vault were changed on another device."


class Refused(Problem):
    """What came does not verify against its owner's keys; it would never open."""

    code = "vault-refused"
    status = 422
    title = "This is not sealed and signed as the vault's format asks."


class PreviousUnknown(Conflict):
    code = "vault-previous-unknown"
    title = "A version that this one follows has not arrived."


class ReaderUnknown(Conflict):
    code = "vault-reader-unknown"
    title = "Somebody to whom this is granted is not in this person's care team."


class SpaceFull(Problem):
    code = "vault-full"
    status = 413
    title = "There is no room left for this."


class FileExists(Conflict):
    code = "vault-file-exists"
    title = "Another file has this identifier already."


class PieceOutOfPlace(Conflict):
    """`received` says where to go on."""

    code = "vault-piece-out-of-place"
    title = "An earlier piece of this file has not arrived."


class FileGone(Problem):
    code = "vault-file-gone"
    status = 410
    title = "This file is no longer there."


class EpochTaken(Conflict):
    """Another device was faster; `epoch` is the newest."""

    code = "vault-epoch-taken"
    title = "This folder has another key by now."


class EpochEnded(Conflict):
    """Somebody was taken out of the folder, or it was stopped; `epoch` is the newest."""

    code = "vault-epoch-ended"
    title = "Nothing more can be put under this key. Look at who reads it, and begin a new one."
