"""Which addresses an endpoint may have: https, with a name, and never in a network that is not public."""

from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from urllib.parse import urlsplit

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

# NAT64 (RFC 6052): the last 32 bits are an IPv4 address, to which a gateway leads; the second is a local one.
_NAT64 = IPv6Network("64:ff9b::/96")
_LOCAL_NAT64 = IPv6Network("64:ff9b:1::/48")
_HTTPS = 443
_LOWEST_FREE_PORT = 1024


def checked(text: str) -> str:
    """The address as it is kept. Raises ValidationError with a sentence for what is wrong with it."""
    address = text.strip()
    try:
        parts = urlsplit(address)
        port = parts.port or _HTTPS
        host = host_of(address)
    except ValueError as fault:
        raise ValidationError(_("This is no address of the web. Write it as https://…")) from fault
    if (
        parts.scheme != "https"
        or not host
        or any(sign.isspace() or not sign.isprintable() for sign in address)
    ):
        raise ValidationError(_("The address begins with https:// and names a server."))
    if parts.username is not None or parts.password is not None or parts.fragment:
        raise ValidationError(_("The address holds no name, no password, and no part after “#”."))
    if port != _HTTPS and port < _LOWEST_FREE_PORT:
        raise ValidationError(_("The port is 443, or 1024 and above."))
    if _is_number(host) and not is_public(host):
        raise ValidationError(_("This address lies in a network that is not public. Nothing is sent there."))
    return address


def host_of(address: str) -> str:
    """The name of the server, as it is asked for and as its certificate names it (ValueError: it is none)."""
    name = urlsplit(address).hostname or ""
    if _is_number(name):
        return name
    return name.encode("idna").decode("ascii")


def is_public(text: str) -> bool:
    """Whether an address (IPv4 or IPv6) can be reached by everybody, as can every one that it embeds."""
    try:
        address = ip_address(text)
    except ValueError:
        return False
    if isinstance(address, IPv6Address):
        if address.is_site_local or address in _LOCAL_NAT64:
            return False
        embedded = _embedded(address)
        if embedded:
            return all(is_public(str(each)) for each in embedded)
    return address.is_global and not (address.is_multicast or address.is_reserved)


def _embedded(address: IPv6Address) -> list[IPv4Address]:
    """The IPv4 addresses at which what is sent to this one would arrive."""
    if address in _NAT64:
        return [IPv4Address(int(address) & 0xFFFFFFFF)]
    found = [address.ipv4_mapped, address.sixtofour, *(address.teredo or ())]
    return [each for each in found if each is not None]


def _is_number(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True
