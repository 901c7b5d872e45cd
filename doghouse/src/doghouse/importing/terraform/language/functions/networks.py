"""Functions of networks."""

from __future__ import annotations

import ipaddress

from doghouse.importing.terraform.language.functions.registry import function
from doghouse.importing.terraform.language.values import Value, WrongError, number, text

_Network = ipaddress.IPv4Network | ipaddress.IPv6Network


@function("cidrhost")
def _cidrhost(prefix: Value, host: Value) -> Value:
    network, at = _network(prefix), int(number(host))
    if not -network.num_addresses <= at < network.num_addresses:
        raise WrongError(f"{network} has no host {at}")
    return str(network[at])


@function("cidrnetmask")
def _cidrnetmask(prefix: Value) -> Value:
    return str(_network(prefix).netmask)


@function("cidrsubnet")
def _cidrsubnet(prefix: Value, bits: Value, which: Value) -> Value:
    network, more, at = _network(prefix), int(number(bits)), int(number(which))
    if not 0 <= more <= network.max_prefixlen - network.prefixlen or not 0 <= at < 1 << more:
        raise WrongError(f"{network} has no network {at} of {more} more bits")
    return str(_below(network, network.prefixlen + more, at << (network.max_prefixlen - network.prefixlen - more)))


@function("cidrsubnets")
def _cidrsubnets(prefix: Value, *bits: Value) -> Value:
    network, offset, networks = _network(prefix), 0, []
    for more in (int(number(value)) for value in bits):
        length = network.prefixlen + more
        if not 1 <= more <= network.max_prefixlen - network.prefixlen:
            raise WrongError(f"{network} has no networks of {more} more bits")
        size = 1 << (network.max_prefixlen - length)
        offset = -(-offset // size) * size
        if offset + size > network.num_addresses:
            raise WrongError(f"{network} has no room for them")
        networks.append(str(_below(network, length, offset)))
        offset += size
    return networks


def _below(network: _Network, length: int, offset: int) -> _Network:
    return ipaddress.ip_network(f"{network.network_address + offset}/{length}")


def _network(prefix: Value) -> _Network:
    return ipaddress.ip_network(text(prefix), strict=False)
