"""The relay's configuration that ships refuses every address that is not public."""

from __future__ import annotations

import ipaddress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

CONFIGURATION = Path(__file__).parents[3] / "deploy/turnserver.conf"
Address = ipaddress.IPv4Address | ipaddress.IPv6Address


def denied() -> list[tuple[Address, Address]]:
    found = []
    for line in CONFIGURATION.read_text(encoding="utf-8").splitlines():
        name, _, value = line.partition("=")
        if name == "denied-peer-ip":
            first, _, last = value.partition("-")
            found.append((ipaddress.ip_address(first), ipaddress.ip_address(last)))
    return found


RANGES = denied()


def is_denied(address: Address) -> bool:
    return any(
        first.version == address.version and int(first) <= int(address) <= int(last)
        for first, last in RANGES
    )


@pytest.mark.parametrize(
    "address",
    [
        "10.1.2.3", "172.31.255.255", "192.168.0.1", "127.0.0.1", "169.254.169.254", "100.64.0.1",
        "0.0.0.0", "224.0.0.251", "255.255.255.255", "::1", "fe80::1", "fc00::1", "fdff::1",
        "ff02::1", "::ffff:10.0.0.1", "64:ff9b::a00:1", "2002:a00:1::", "2001::1", "2001:db8::1",
    ],
)  # fmt: skip
def test_an_address_of_a_special_purpose_is_denied(address: str) -> None:
    assert is_denied(ipaddress.ip_address(address))


@given(st.one_of(st.ip_addresses(v=4), st.ip_addresses(v=6)))
def test_whatever_is_not_global_is_denied(address: Address) -> None:
    # coturn refuses the unspecified one by itself.
    assert address.is_global or address.is_unspecified or is_denied(address)


def test_no_range_begins_where_coturn_would_take_all_of_ipv4_for_denied() -> None:
    assert [first for first, _ in RANGES if first.version == 6 and first.is_unspecified] == []


@pytest.mark.parametrize(
    "address", ["9.9.9.9", "172.32.0.1", "193.0.0.1", "2620:fe::fe", "2a00::1"]
)
def test_a_public_address_is_not(address: str) -> None:
    assert not is_denied(ipaddress.ip_address(address))
