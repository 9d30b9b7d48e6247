"""Where messages go: to the public network alone, by TLS, to the address looked at, and not for ever."""

import socket
import ssl
import threading
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ValidationError

from desk.webhooks import sending
from desk.webhooks.addresses import checked, is_public
from desk.webhooks.models import Fault
from desk.webhooks.sending import Answer, Way, post
from tests.desk.webhooks.servers import Server, serving


def sent(server: Server, address: str = "", **changes: Any) -> Answer:
    headers = {"webhook-id": "a"}
    return post(address or server.address, headers=headers, body=b"{}", way=server.way(**changes))


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "127.8.9.1", "0.0.0.0", "10.1.2.3", "172.16.0.1", "172.31.255.255", "192.168.1.1",
        "169.254.169.254", "100.64.0.1", "192.0.0.1", "198.18.0.1", "224.0.0.1", "239.1.1.1", "240.0.0.1",
        "255.255.255.255", "::", "::1", "fc00::1", "fd12:3456::1", "fe80::1", "fe80::1%eth0", "fec0::1",
        "ff02::1", "2001:db8::1", "::ffff:10.0.0.1", "::ffff:127.0.0.1", "64:ff9b::10.0.0.1",
        "64:ff9b:1::1", "2002:0a00:0001::1", "2002:7f00:0001::", "::127.0.0.1", "no address", "",
    ],
)  # fmt: skip
def test_no_address_of_a_network_that_is_not_public_is_allowed(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize(
    "address", ["93.184.216.34", "8.8.8.8", "2606:2800:220:1::1", "::ffff:8.8.8.8", "64:ff9b::8.8.8.8"]
)
def test_addresses_of_the_public_network_are_allowed(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize(
    "address",
    [
        "http://hooks.example.org/", "ftp://hooks.example.org/", "https://", "https:///x",
        "hooks.example.org",
        "https://user:secret@hooks.example.org/", "https://user@hooks.example.org/",
        "https://hooks.example.org/#part", "https://hooks.example.org:22/", "https://hooks.example.org:80/",
        "https://hooks.example.org:99999/", "https://127.0.0.1/", "https://10.0.0.1/", "https://[::1]/",
        "https://[fd00::1]/", "https://169.254.169.254/latest/meta-data/", "https://a b.example.org/",
        "https://hooks.example.org/\r\nHost: x", "https://[::1", "javascript:alert(1)", "file:///etc/passwd",
    ],
)  # fmt: skip
def test_what_is_no_address_of_an_endpoint_is_refused(address: str) -> None:
    with pytest.raises(ValidationError):
        checked(address)


def test_an_address_is_kept_as_it_was_given() -> None:
    for address in (
        "https://hooks.example.org/in?a=b",
        "https://hooks.example.org:8443/",
        "https://93.184.216.34/in",
        "https://bücher.example/",
    ):
        assert checked(f" {address} ") == address


@pytest.mark.parametrize(
    "found",
    [
        ["127.0.0.1"], ["10.0.0.7"], ["169.254.169.254"], ["fd00::1"], ["::1"], ["::ffff:192.168.0.1"],
        ["93.184.216.34", "10.0.0.7"],
    ],
)  # fmt: skip
def test_a_name_that_leads_into_a_private_network_is_not_followed(
    found: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def connected(*_args: Any, **_more: Any) -> None:
        raise AssertionError("somebody was connected to")

    monkeypatch.setattr(socket, "create_connection", connected)
    way = Way(resolve=lambda host, port: found)
    answer = post("https://hooks.example.org/", headers={}, body=b"{}", way=way)
    assert (answer.fault, answer.server) == (Fault.NOT_PUBLIC, "")


@pytest.mark.parametrize("host", ["localhost", "0x7f.1", "2130706433", "127.1"])
def test_other_ways_to_write_this_machine_lead_nowhere(host: str) -> None:
    # By the resolver of this machine, as in life.
    answer = post(f"https://{host}/", headers={}, body=b"{}")
    assert answer.fault in (Fault.NOT_PUBLIC, Fault.NO_NAME)


def test_the_name_is_asked_for_once_and_the_address_that_was_looked_at_is_connected_to(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The second time the name would lead to this machine's own services.
    answers = [["93.184.216.34"], ["127.0.0.1"], ["127.0.0.1"]]
    looked_at: list[str] = []
    connected: list[tuple[str, int]] = []

    def allowed(address: str) -> bool:
        looked_at.append(address)
        return is_public(address)

    def create(where: tuple[str, int], timeout: float) -> socket.socket:
        connected.append(where)
        raise ConnectionRefusedError

    monkeypatch.setattr(socket, "create_connection", create)
    way = Way(resolve=lambda host, port: answers.pop(0), allowed=allowed)
    answer = post("https://hooks.example.org/", headers={}, body=b"{}", way=way)
    assert (answer.fault, answer.server) == (Fault.NO_CONNECTION, "93.184.216.34")
    assert (looked_at, connected, len(answers)) == (["93.184.216.34"], [("93.184.216.34", 443)], 2)


def test_a_message_arrives_with_its_headers_at_its_path(tmp_path: Path) -> None:
    with serving(tmp_path) as server:
        answer = sent(server)
    assert (answer.taken, answer.status, answer.server) == (True, 204, "127.0.0.1")
    ((path, headers, body),) = server.asked
    assert (path, headers["webhook-id"], body) == ("/hooks?for=us", "a", b"{}")
    assert headers["Host"] == f"hooks.example.org:{server.port}"


def test_the_certificate_must_be_that_of_the_name(tmp_path: Path) -> None:
    with serving(tmp_path) as server:
        another = sent(server, f"https://other.example.org:{server.port}/")
        by_number = sent(server, f"https://127.0.0.1:{server.port}/")
        not_vouched_for = sent(server, trust=ssl.create_default_context)
    assert {another.fault, by_number.fault, not_vouched_for.fault} == {Fault.NO_TLS}
    assert server.asked == []


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_nobody_is_led_elsewhere(status: int, tmp_path: Path) -> None:
    with serving(tmp_path) as server:
        server.status, server.location = status, f"{server.address}&again"
        assert sent(server).fault == Fault.REDIRECTED
    assert len(server.asked) == 1


@pytest.mark.parametrize(
    ("status", "fault"), [(200, ""), (202, ""), (400, "refused"), (500, "refused"), (410, "gone")]
)
def test_only_a_good_answer_counts(status: int, fault: str, tmp_path: Path) -> None:
    with serving(tmp_path) as server:
        server.status = status
        assert sent(server).fault == fault


def test_a_server_that_answers_a_little_at_a_time_is_left(tmp_path: Path) -> None:
    over = threading.Event()

    def trickle(handler: Any, _state: Server) -> None:
        handler.wfile.write(b"HTTP/1.1 200 OK\r\n")
        while not over.wait(0.02):
            handler.wfile.write(b"X: y\r")
            handler.wfile.flush()

    with serving(tmp_path, by=trickle) as server:
        # Each wait is short, all of them together are not.
        assert sent(server, seconds=0.5).fault == Fault.TOO_SLOW
        over.set()


def test_a_long_answer_is_not_read(tmp_path: Path) -> None:
    def endless(handler: Any, _state: Server) -> None:
        handler.send_response(200)
        handler.end_headers()
        while True:
            handler.wfile.write(b"x" * 65536)

    with serving(tmp_path, by=endless) as server:
        assert sent(server, seconds=5).taken


def test_what_is_no_answer_of_a_web_server_is_none(tmp_path: Path) -> None:
    def nonsense(handler: Any, _state: Server) -> None:
        handler.wfile.write(b"hello\r\n\r\n")

    with serving(tmp_path, by=nonsense) as server:
        assert sent(server).fault == Fault.NOT_HTTP


def test_a_server_that_says_nothing_to_the_greeting_of_tls_is_left() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        state = Server(port=silent.getsockname()[1])
        assert sent(state, seconds=0.3).fault == Fault.TOO_SLOW


def test_a_name_that_is_not_known_and_a_closed_port_are_said() -> None:
    def unknown(host: str, port: int) -> list[str]:
        raise socket.gaierror

    with socket.create_server(("127.0.0.1", 0)) as taken:
        state = Server(port=taken.getsockname()[1])
    assert sent(state).fault == Fault.NO_CONNECTION
    assert sent(state, resolve=unknown).fault == Fault.NO_NAME
    assert sent(state, resolve=lambda host, port: []).fault == Fault.NO_NAME


def test_the_way_of_the_world_is_the_strict_one() -> None:
    assert (sending.WORLD.allowed, sending.WORLD.resolve) == (is_public, sending.resolve)
    trust = sending.WORLD.trust()
    assert (trust.check_hostname, trust.verify_mode) == (True, ssl.CERT_REQUIRED)
