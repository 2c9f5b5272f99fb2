"""Tell which network addresses may be asked."""

from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address

#: RFC 6052: an IPv4 address in the last 32 bits, reached through a translator.
_NAT64 = IPv6Network("64:ff9b::/96")
#: RFC 6890: addresses of the protocol itself; Python 3.11 takes some of them for public ones.
_PROTOCOL_PREFIX = "192.0.0."


def is_public(address: str) -> bool:
    """
    Return whether *address* is one that anybody on the internet could be asked at.

    Private, loopback, link-local (where clouds keep their metadata), shared, multicast and reserved addresses
    are not, nor are the IPv6 forms that carry such an IPv4 address inside: mapped, 6to4, NAT64.

    Args:
        address: An IPv4 or IPv6 address in text, with or without zone (``fe80::1%eth0``); anything else is
            not public.

    Source:
        IANA special-purpose address registries (RFC 6890) as Python's ``ipaddress`` knows them.
    """
    try:
        parsed = ip_address(address.partition("%")[0])
    except ValueError:
        return False
    inner = _carried(parsed) if isinstance(parsed, IPv6Address) else parsed
    if inner is None:
        return parsed.is_global and not parsed.is_multicast and not parsed.is_reserved
    is_ordinary = not inner.is_multicast and not inner.is_reserved and not str(inner).startswith(_PROTOCOL_PREFIX)
    return inner.is_global and is_ordinary


def _carried(address: IPv6Address) -> IPv4Address | None:
    """Return the IPv4 address inside *address*, None where it carries none."""
    if address in _NAT64:
        return IPv4Address(int(address) & 0xFFFF_FFFF)
    return address.ipv4_mapped or address.sixtofour
