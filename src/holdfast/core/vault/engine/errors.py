"""What can be wrong with something out of the vault. One family, with a stable code each."""

from __future__ import annotations


class VaultError(Exception):
    """Something of the vault cannot be used; `code` says why, and never holds any content."""

    code = "vault"


class Damaged(VaultError):
    """Any byte, owner, revision, key or grant that does not belong here."""

    code = "item-damaged"

    def __init__(self) -> None:
        super().__init__("this item was changed or damaged")


class RolledBack(VaultError):
    """An item that this device has seen in a newer revision, or that has gone."""

    code = "item-rolled-back"

    def __init__(self) -> None:
        super().__init__("an older version of this item came back than was seen here before")


class NotGranted(VaultError):
    """No grant for this reader: the owner never gave one, or took it back."""

    code = "item-not-granted"

    def __init__(self) -> None:
        super().__init__("this item is not shared with this reader")


class WrongKey(VaultError):
    """A wrap that this password or recovery code does not open, or one that was changed."""

    code = "wrap-not-opened"

    def __init__(self) -> None:
        super().__init__("this does not open the vault")


class TooWeak(VaultError):
    """A wrap whose password could be guessed too fast; nobody may ask for one."""

    code = "wrap-too-weak"

    def __init__(self) -> None:
        super().__init__("the cost of this wrap is below what is accepted")


class KeysChanged(VaultError):
    """Somebody's keys are not those that were pinned, nor do they follow from them."""

    code = "keys-changed-unexpectedly"

    def __init__(self) -> None:
        super().__init__("these keys do not follow from those that were seen before")
