"""The shipped configurations, loaded by the real programs; the page behind a real nginx, under a path."""

import base64
import os
import re
import shutil
import subprocess
from contextlib import contextmanager
from pathlib import Path

import pytest

from edge.page.guesses import PAUSE_S
from tests.page.house import Device, needs_page, page, status
from tests.page.test_access import PASSWORD
from tests.page.test_guesses import asked
from tests.publish.broker import free_port, until
from tests.publish.browser import Browser

CONFIGS = Path("firmware_configs/page")
NGINX = os.environ.get("NGINX_PROGRAM") or shutil.which("nginx", path=f"{os.environ['PATH']}:/usr/sbin") or ""
needs_nginx = pytest.mark.skipif(not NGINX, reason="needs nginx: make page")
FRAME = """
{user}
daemon off;
pid {folder}/nginx.pid;
error_log stderr warn;
events {{}}
http {{
    access_log off;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    include {folder}/site.conf;
}}
"""


def configured(folder, listen="listen 127.0.0.1:1 ssl;"):
    """Write what Debian has around the shipped file, taken as it is but for places; return the file."""
    made = ("-keyout", folder / "mimicry-page.key", "-out", folder / "mimicry-page.pem")
    asked = ("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=page.example", *made)
    subprocess.run(asked, check=True, capture_output=True)
    hashed = subprocess.run(["openssl", "passwd", "-apr1", "secret"], check=True, capture_output=True)
    (folder / "mimicry-page.users").write_text(f"ann:{hashed.stdout.decode()}")
    site = (CONFIGS / "nginx.conf").read_text().replace("/etc/nginx/", f"{folder}/")
    site = site.replace("/run/mimicry-page/", f"{folder}/").replace("listen 443 ssl;", listen)
    (folder / "site.conf").write_text(site)
    user = "user root;" if os.getuid() == 0 else ""
    (folder / "nginx.conf").write_text(FRAME.format(folder=folder, user=user))
    return folder / "nginx.conf"


@contextmanager
def proxy(folder, *, asks=True):
    """Run nginx before the page's socket, which asks for the password or not; yield its port, without TLS."""
    port = free_port()
    config = configured(folder, f"listen 127.0.0.1:{port};")
    if not asks:
        site = (folder / "site.conf").read_text()
        (folder / "site.conf").write_text(re.sub(".*(auth_basic|Authorization).*", "", site))
    with (folder / "nginx.log").open("w") as log:
        process = subprocess.Popen([NGINX, "-p", folder, "-c", config], stderr=log)
    try:
        until(lambda: status(f"http://127.0.0.1:{port}/mimicry/") != 0)
        yield port
    finally:
        process.terminate()
        process.wait(30)


@needs_nginx
def test_nginx_loads_the_shipped_file(tmp_path):
    """Nginx finds nothing wrong with the shipped file."""
    command = [NGINX, "-t", "-p", tmp_path, "-c", configured(tmp_path)]
    found = subprocess.run(command, check=False, capture_output=True, text=True)
    assert found.returncode == 0, found.stderr
    assert "[warn]" not in found.stderr


def test_systemd_loads_the_shipped_unit(tmp_path):
    """systemd-analyze finds nothing wrong with the unit."""
    if not shutil.which("systemd-analyze"):
        pytest.skip("needs systemd-analyze")
    text = (
        (CONFIGS / "mimicry-page.service").read_text().replace("/opt/mimicry/bin/mimicry-edge", "/bin/true")
    )
    unit = tmp_path / "mimicry-page.service"
    unit.write_text(text)
    command = ["systemd-analyze", "verify", "--man=no", unit]
    found = subprocess.run(command, check=False, capture_output=True, text=True)
    assert not [line for line in found.stderr.splitlines() if "mimicry-page.service" in line]


@needs_nginx
@needs_page
@pytest.mark.xdist_group("page")
def test_the_page_behind_nginx(broker, tmp_path):
    """Under its path, links and live values work; the user who was let in is named beside what was seen."""
    device = Device(broker.port, tmp_path / "device")
    device.say(mode="degraded", condition="degraded", why="no camera")
    socket = ("--proxied", "--bind", str(tmp_path / "page.sock"))
    given = base64.b64encode(b"ann:secret").decode()
    with (
        proxy(tmp_path) as port,
        page(broker.port, *socket, folder=tmp_path, address=f"http://127.0.0.1:{port}/mimicry/"),
        Browser(tmp_path / "browser", (1400, 1000)) as browser,
    ):
        address = f"http://127.0.0.1:{port}/mimicry"
        assert status(f"{address}/") == 401
        until(lambda: status(f"{address}/", Authorization=f"Basic {given}") == 200)
        browser.open(f"http://ann:secret@127.0.0.1:{port}/mimicry/")
        browser.wait("dev-1", "no camera")
        device.say(mode="degraded", condition="degraded", why="too dark")
        browser.wait("too dark")
        browser.run("[...document.querySelectorAll('a')].find(a => a.innerText == 'Alerts').click()")
        browser.wait("I have seen it")
        browser.run("document.querySelector('button.seen').click()")
        browser.wait("ann, ")
        browser.run("document.querySelector('tbody a').click()")
        browser.wait("Who follows whom")
        assert browser.run("location.pathname")["value"] == "/mimicry/room/dev-1"
        browser.run("[...document.querySelectorAll('a')].find(a => a.innerText == 'Notice').click()")
        browser.wait("The camera is open")
    device.close()


@needs_nginx
@needs_page
@pytest.mark.xdist_group("page")
def test_behind_nginx_each_caller_waits_for_his_own_guesses(broker, tmp_path):
    """Where nginx leaves the password to the page, one address waits after a wrong one, others not."""
    (tmp_path / "login").write_text(PASSWORD)
    options = ("--proxied", "--bind", str(tmp_path / "page.sock"), "--login-file", str(tmp_path / "login"))
    with (
        proxy(tmp_path, asks=False) as port,
        page(broker.port, *options, folder=tmp_path, address=f"http://127.0.0.1:{port}/mimicry/") as address,
    ):
        until(lambda: status(address) == 401)
        assert asked(address, "127.0.0.1", "no")[0] == 401
        there, here = (asked(address, source, PASSWORD) for source in ("127.0.0.2", "127.0.0.1"))
        assert (there[0], here[0]) == (200, 200)
        assert here[1] > PAUSE_S / 2 > there[1]
    assert "wrong password of the page from 127.0.0.1, 1 so far" in (tmp_path / "page.log").read_text()
