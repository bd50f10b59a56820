"""The proxy examples, in front of something that answers like the portal; where the proxy is not installed, nothing."""

import gzip
import os
import re
import shutil
import signal
import socket
import ssl
import subprocess
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import httpx
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from tests.drills.stage import free_port

DEPLOY = Path(__file__).parents[1] / "deploy"
NAME = "cozum.belediye.example"
STARTS_WITHIN = 15
KEY = "1a2b3c4d5e6f"
PAGE = "<h1>Başvurunuzu takip edin</h1>" * 200
PACKED = gzip.compress(PAGE.encode())


class Standin(BaseHTTPRequestHandler):
    """Answers as the portal would, and remembers what it was asked."""

    protocol_version = "HTTP/1.1"

    def setup(self) -> None:
        super().setup()
        self.is_first = True
        self.server.lines.append(self.connection)

    def do_GET(self) -> None:
        self._heard()
        if self.path == "/asilan" and not self.is_first:
            # As a server does that was just about to hang up.
            self.close_connection = True
        elif self.path in ("/hasta", "/saglik/hazir"):
            # Its database is away, from the first moment on.
            self._answer(503, "Yazdıklarınız aşağıda".encode())
        elif self.headers["HX-PTag"] == '"7"':
            self._answer(304, b"")
        else:
            self._answer(200, PACKED, {"Content-Encoding": "gzip", "Content-Security-Policy": "default-src 'none'"})
        self.is_first = False

    do_HEAD = do_GET

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        self.do_GET()

    def _heard(self) -> None:
        self.server.heard.append((f"{self.command} {self.path}", {n.lower(): v for n, v in self.headers.items()}))

    def _answer(self, status: int, body: bytes, headers: Mapping[str, str] | None = None) -> None:
        self.send_response(status)
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        if status != 304:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def log_message(self, *_words: object) -> None:
        pass


class Server(ThreadingHTTPServer):
    """Where the proxy looks for the portal."""

    daemon_threads = True

    def __init__(self, port: int) -> None:
        super().__init__(("127.0.0.1", port), Standin)
        self.heard: list[tuple[str, dict[str, str]]] = []
        self.lines: list[socket.socket] = []
        threading.Thread(target=self.serve_forever, args=(0.02,), daemon=True).start()

    def leave(self) -> None:
        """As a process does that ends: nobody listens, and every line is cut."""
        self.shutdown()
        self.server_close()
        for each in self.lines:
            with suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)


class Proxy:
    """One of the two programs with its example, and the portal's stand-in behind it."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.http, self.https, self._behind = folder, free_port(), free_port(), free_port()
        self.portal = Server(self._behind)
        self.client = httpx.Client(verify=False, timeout=30, trust_env=False)

    def ask(self, address: str, *, method: str = "GET", plain: bool = False, **headers: str) -> httpx.Response:
        """What a browser gets that asks for this."""
        home = f"http://127.0.0.1:{self.http}" if plain else f"https://127.0.0.1:{self.https}"
        body = {"content": b"words=merhaba"} if method == "POST" else {}
        asked = {"Host": NAME, **headers}
        return self.client.request(method, home + address, headers=asked, extensions={"sni_hostname": NAME}, **body)

    def adapted(self, example: str, changes: Mapping[str, str]) -> str:
        """The example with as little changed as a machine for tests needs."""
        words = (DEPLOY / example).read_text("utf-8")
        for old, new in {"127.0.0.1:8000": f"127.0.0.1:{self._behind}", **changes}.items():
            assert old in words, f"{example} has no “{old}”"
            words = words.replace(old, new)
        return words

    @contextmanager
    def without_portal(self) -> Iterator[None]:
        """The portal ends, and is there again afterwards."""
        self.portal.leave()
        try:
            yield
        finally:
            self.portal = Server(self._behind)

    @property
    def logs(self) -> str:
        """All it has written, wherever."""
        return "".join(each.read_text("utf-8", "replace") for each in self.folder.rglob("*.log"))


def _nginx(proxy: Proxy) -> list[str]:
    folder = proxy.folder
    _certificate(folder)
    site = proxy.adapted(
        "nginx.conf.example",
        {
            "    listen [::]:80;\n": "",
            "    listen [::]:443 ssl http2;\n": "",
            "listen 80;": f"listen 127.0.0.1:{proxy.http};",
            "listen 443 ": f"listen 127.0.0.1:{proxy.https} ",
            f"/etc/letsencrypt/live/{NAME}": str(folder),
            "/var/log/nginx": str(folder),
        },
    )
    (folder / "cozum.conf").write_text(site)
    kept = "".join(
        f"{each}_temp_path {folder}/{each};\n" for each in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    # As Debian's own file has it: a log with every address in it, and packing.
    (folder / "nginx.conf").write_text(
        f"{'user root;' if os.geteuid() == 0 else ''} worker_processes 1; daemon off; pid {folder}/pid;\n"
        f"error_log {folder}/error.log;\nevents {{}}\n"
        f"http {{ access_log {folder}/access.log; gzip on;\n{kept} include {folder}/cozum.conf; }}\n"
    )
    return ["nginx", "-e", f"{folder}/error.log", "-c", f"{folder}/nginx.conf"]


def _caddy(proxy: Proxy) -> list[str]:
    folder = proxy.folder
    own = f"local_certs\n\tskip_install_trust\n\tadmin off\n\thttp_port {proxy.http}\n\thttps_port {proxy.https}"
    site = proxy.adapted(
        "Caddyfile.example",
        {
            "\n{\n": f"\n{{\n\t{own}\n\tdefault_bind 127.0.0.1\n\tstorage file_system {folder}/store\n",
            "lb_try_duration 10s": "lb_try_duration 500ms",
        },
    )
    (folder / "Caddyfile").write_text(site)
    return ["caddy", "run", "--adapter", "caddyfile", "--config", f"{folder}/Caddyfile"]


PROGRAMS: dict[str, Callable[[Proxy], list[str]]] = {"nginx": _nginx, "caddy": _caddy}


@pytest.fixture(scope="module", params=PROGRAMS)
def proxy(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Proxy]:
    with _running(request.param, tmp_path_factory.mktemp(request.param)) as it:
        yield it


@pytest.fixture(scope="module")
def nginx(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Proxy]:
    with _running("nginx", tmp_path_factory.mktemp("nginx-alone")) as it:
        yield it


@contextmanager
def _running(name: str, folder: Path) -> Iterator[Proxy]:
    if shutil.which(name) is None:
        pytest.skip(f"{name} is not installed on this machine: its example was not tried")
    proxy = Proxy(folder)
    with open(folder / "out.log", "wb") as out:
        env = {**os.environ, "HOME": str(folder), "XDG_CONFIG_HOME": str(folder), "XDG_DATA_HOME": str(folder)}
        process = subprocess.Popen(PROGRAMS[name](proxy), stdout=out, stderr=out, env=env, start_new_session=True)
    try:
        _wait_for(proxy, process)
        yield proxy
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        proxy.client.close()
        proxy.portal.leave()


def _wait_for(proxy: Proxy, process: "subprocess.Popen[bytes]") -> None:
    until = time.monotonic() + STARTS_WITHIN
    while True:
        try:
            proxy.ask("/saglik")
        except (httpx.TransportError, ssl.SSLError):
            if process.poll() is not None or time.monotonic() > until:
                raise AssertionError(f"The example was refused: {proxy.logs}") from None
            time.sleep(0.05)
        else:
            return


def _certificate(folder: Path) -> None:
    key, name = ec.generate_private_key(ec.SECP256R1()), x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, NAME)])
    now = datetime.now(UTC)
    made = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    made = made.serial_number(1).not_valid_before(now - timedelta(days=1)).not_valid_after(now + timedelta(days=1))
    pem = serialization.Encoding.PEM
    (folder / "fullchain.pem").write_bytes(made.sign(key, hashes.SHA256()).public_bytes(pem))
    (folder / "privkey.pem").write_bytes(
        key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )


def test_a_page_comes_through_as_it_was_sent(proxy: Proxy):
    page = proxy.ask("/takip")
    head = proxy.ask("/takip", method="HEAD")

    assert page.text == PAGE
    assert page.headers.get_list("content-encoding") == ["gzip"]
    assert page.headers.get_list("content-security-policy") == ["default-src 'none'"]
    assert (head.status_code, head.content, head.headers["content-length"]) == (200, b"", str(len(PACKED)))


def test_a_list_that_has_not_changed_costs_nothing(proxy: Proxy):
    assert proxy.ask("/masa/kuyruk", **{"HX-PTag": '"7"'}).status_code == 304


def test_what_a_visitor_claims_to_be_does_not_get_through(proxy: Proxy):
    forged = {"X-Forwarded-For": "6.6.6.6", "X-Forwarded-Proto": "http", "X-Request-ID": "0123456789"}

    proxy.ask("/kim", **forged)

    [said] = [headers for what, headers in proxy.portal.heard if what == "GET /kim"]
    assert (said["x-forwarded-for"], said["x-forwarded-proto"], said["host"]) == ("127.0.0.1", "https", NAME)
    assert re.fullmatch(r"[0-9a-f-]{32,36}", said["x-request-id"])


@pytest.mark.parametrize(
    "address", ["/olcum", "/olcum/", "/olcum/x", "/olcum?x=1", "//olcum", "/%6flcum", "/a/../olcum"]
)
def test_the_counts_stay_inside(proxy: Proxy, address: str):
    assert proxy.ask(address).status_code == 404
    assert not [what for what, _ in proxy.portal.heard if "lcum" in what]


def test_who_comes_without_https_is_led_to_it(proxy: Proxy):
    answer = proxy.ask("/takip?no=1", plain=True)

    assert answer.status_code in (301, 308)
    assert re.fullmatch(rf"https://{NAME}(:\d+)?/takip\?no=1", answer.headers["location"])


def test_the_portals_own_words_for_trouble_reach_the_visitor(proxy: Proxy):
    answer = proxy.ask("/hasta")

    assert (answer.status_code, answer.text) == (503, "Yazdıklarınız aşağıda")


def test_a_visitor_during_a_restart_reads_what_to_do(proxy: Proxy):
    with proxy.without_portal():
        answer = proxy.ask("/takip")

    assert answer.status_code == 503
    assert "Birkaç saniye sonra sayfayı yenileyin" in answer.text
    assert "Reload the page" in answer.text
    assert answer.headers["content-type"].startswith("text/html")
    assert answer.headers["cache-control"] == "no-store"
    assert int(answer.headers["retry-after"]) > 0
    assert proxy.ask("/takip").status_code == 200


def test_a_page_asked_for_over_a_line_that_hangs_up_is_asked_for_again(proxy: Proxy):
    proxy.ask("/takip")

    assert proxy.ask("/asilan").status_code == 200


def test_a_form_is_sent_once_whatever_happens_to_the_line(proxy: Proxy):
    proxy.ask("/takip")

    proxy.ask("/asilan", method="POST")

    assert [what for what, _ in proxy.portal.heard].count("POST /asilan") == 1


def test_nobodys_key_or_address_is_kept_in_a_log(proxy: Proxy):
    address = f"/takip/123456789012?anahtar={KEY}"

    proxy.ask(address, plain=True)
    proxy.ask(address, Cookie=f"k={KEY}", Referer=f"https://{NAME}/?{KEY}")
    with proxy.without_portal():
        proxy.ask(address)

    assert proxy.logs.strip(), "It writes no log at all"
    assert KEY not in proxy.logs
    assert "127.0.0.1" not in proxy.logs.replace(f"127.0.0.1:{proxy.https}", "").replace(f"127.0.0.1:{proxy.http}", "")


def test_who_floods_the_sign_in_is_told_to_wait(nginx: Proxy):
    answers = [nginx.ask("/giris") for _ in range(20)]

    refused = [each for each in answers if each.status_code == 429]
    assert len(refused) in range(5, 15)
    assert "Yarım dakika bekleyip" in refused[0].text
    assert refused[0].headers["retry-after"] == "30"
    # Others go on: the limit is of that page, and the rest is counted by itself.
    assert nginx.ask("/").status_code == 200
