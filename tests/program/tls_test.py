#!/usr/bin/python3
"""A server over TLS, as a stranger's client sees it: what is agreed on, what a proof is bound to, which
certificate is shown, and what the end of a stream means."""

import subprocess
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from lib.device import Device, two_people  # noqa: E402
from lib.duetd import Duetd  # noqa: E402
from lib.failure import Failed  # noqa: E402
from lib.runner import Scenes, main  # noqa: E402
from lib.stage import Stage  # noqa: E402
from lib.tls import TlsCaller  # noqa: E402

scenes = Scenes()
HTTP = b"GET / HTTP/1.1\r\n\r\n"


def caller(stage: Stage, server: Duetd, alpn: bytes | None) -> TlsCaller:
    """Somebody with TLS, and nothing said yet."""
    called = stage.connect_tls(f"with {alpn!r}", server.address, alpn)
    assert isinstance(called, TlsCaller)
    return called


def shown(stage: Stage, server: Duetd) -> str:
    """The fingerprint of the certificate that a caller is shown now."""
    certificate = caller(stage, server, None).tls.get_peer_certificate()
    assert certificate
    return certificate.digest("sha256").decode()


def new_certificate(stage: Stage, name: str) -> None:
    """As the operator's tool writes it: certificate and key, in two files that take the others' place."""
    for what in ("certificate", "key"):
        (stage.folder / f"{what}.pem").unlink(missing_ok=True)
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt",
                    "ec_paramgen_curve:P-256", "-nodes", "-days", "30", "-subj", f"/CN={name}",
                    "-keyout", stage.folder / "key.pem", "-out", stage.folder / "certificate.pem"],
                   check=True, stderr=subprocess.DEVNULL)


@scenes.scene
def what_is_agreed_on_is_what_must_be_spoken(stage: Stage) -> None:
    server = Duetd(stage, listen="127.0.0.1:0")
    for alpn, words in ((b"duet/1", b"/help\n"), (b"duet/1", HTTP), (b"http/1.1", b"{}\n"),
                        (b"http/1.1", b"/help\n"), (b"duet/1", b"\x16\x03\x01")):
        wrong = caller(stage, server, alpn)
        wrong.send(words)
        wrong.hears_end()
        if wrong.text():
            raise Failed(f"{alpn!r} and {words!r} were answered {wrong.text()!r}")
    for alpn, words, answer in ((b"http/1.1", HTTP, "HTTP/1.1 503 "), (None, HTTP, "HTTP/1.1 503 "),
                                (None, b"/help\n", "/sign-in"), (None, b"{}\n", "field_missing"),
                                (b"duet/1", b"{}\n", "field_missing"), (None, b"?", "This is duetd")):
        right = caller(stage, server, alpn)
        right.send(words)
        right.sees(answer)


@scenes.scene
def a_proof_is_good_on_its_own_connection_alone(stage: Stage) -> None:
    server = Duetd(stage)
    ada, bob = two_people(stage, server, over_tls=True)
    replayed = ada.sign_in_request()
    ada.greet()
    ada.put(replayed)
    ada.is_let_go("proof_wrong")

    # Without the exporter it is what a proof in clear would be, and bound to nothing.
    ada.greet()
    ada.put(ada.sign_in_request(proof=ada.proof(bound=False)))
    ada.is_let_go("proof_wrong")
    ada.come()
    ada.say("bob", "it is me")
    bob.hears("entry", text="it is me")


@scenes.scene
def a_line_that_a_cut_stream_begins_is_not_heard(stage: Stage) -> None:
    server = Duetd(stage)
    ada, bob = two_people(stage, server, over_tls=True)
    ada.wire.send(b'{"type":"say","n":1,"to":"bob","text":"half"}')
    stage.settle()
    ada.wire.reset()
    ada.come()
    ada.last_n = 0
    ada.say("bob", "whole")
    bob.hears("entry", text="whole", seq=1)


@scenes.scene
def the_operators_certificate_is_read_again_when_it_changes(stage: Stage) -> None:
    new_certificate(stage, "first")
    server = Duetd(stage, "--certificate", f"{stage.folder}/certificate.pem",
                   "--key", f"{stage.folder}/key.pem")
    ada, bob = two_people(stage, server, over_tls=True)
    first = shown(stage, server)
    new_certificate(stage, "second")
    second = stage.wait("the next is shown", lambda: _other_than(first, shown(stage, server)))
    (stage.folder / "certificate.pem").write_text("half of wh")
    server.program.signal("SIGHUP")
    server.program.sees("the certificate from before is shown")
    if shown(stage, server) != second:
        raise Failed("another certificate is shown than the last good one")
    new_certificate(stage, "third")
    server.program.signal("SIGHUP")
    stage.wait("the third is shown", lambda: _other_than(second, shown(stage, server)))
    ada.say("bob", "nobody noticed")
    bob.hears("entry", text="nobody noticed")
    ada.break_off()
    ada.come()


def _other_than(before: str, now: str) -> str | None:
    return now if now != before else None


@scenes.scene
def a_certificate_that_cannot_be_used_is_told_at_the_start(stage: Stage) -> None:
    done = subprocess.run([stage.programs / "duetd", "--data", stage.folder / "data",
                           "--certificate", stage.folder / "nowhere.pem"], capture_output=True,
                          text=True, timeout=60, check=False)
    if done.returncode != 1 or f"cannot read the certificate {stage.folder}/nowhere.pem" \
            not in done.stderr:
        raise Failed(f"exit code {done.returncode}: {done.stderr}")


@scenes.scene
def our_own_certificate_stays_over_restarts(stage: Stage) -> None:
    server = Duetd(stage)
    before = shown(stage, server)
    server.restart()
    if shown(stage, server) != before:
        raise Failed("another certificate after a restart")
    if (Path(server.data) / "certificate.pem").stat().st_mode & 0o777 != 0o600:
        raise Failed("others may read the key")
    ada = Device(stage, server, "ada", over_tls=True)
    ada.greet()


if __name__ == "__main__":
    main(scenes)
