"""Starts a station of its own, signs in as an administrator and lets schemathesis ask it."""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request

BINARY = os.environ["AUDYN_WEB_BINARY"]
SLOW = bool(os.environ.get("RUN_SLOW_TESTS"))
PATIENCE = 60
ADMIN = {"email": "admin@station.example", "password": "correct horse battery"}
# The edges of every parameter, then generated requests. The short form is repeatable, the long one searches.
HOW = ["--phases", "coverage,fuzzing", *(["--max-examples", "200"] if SLOW else ["--max-examples", "20", "--seed", "1"])]
CHECKS = ",".join([
    "not_a_server_error", "status_code_conformance", "content_type_conformance", "response_headers_conformance",
    "response_schema_conformance",
])
# They take the listener or the right to ask away from whoever asks.
EXCEPT = ["change_access_settings", "revoke_token"]


def free_port():
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


def ask(url, body, token=None):
    headers = {"Content-Type": "application/json"}
    if token:
        headers["Authorization"] = f"Bearer {token}"
    request = urllib.request.Request(url, data=json.dumps(body).encode(), headers=headers)
    with urllib.request.urlopen(request, timeout=PATIENCE) as reply:
        return json.load(reply)


def main():
    schemathesis = sys.argv[1]
    folder = tempfile.mkdtemp(prefix="audyn-api-")
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    env = {
        "PATH": os.environ["PATH"], "HOME": folder, "XDG_RUNTIME_DIR": folder, "RUST_BACKTRACE": "1",
        "AUDYN_CONFIG_DIR": f"{folder}/state", "AUDYN_ARCHIVE_ROOT": f"{folder}/archive",
    }

    def run(*arguments, line=""):
        subprocess.run([BINARY, *arguments], env=env, input=f"{line}\n", text=True, check=True, timeout=PATIENCE)

    run("user", "add", ADMIN["email"], "--access", "admin", line=ADMIN["password"])
    # The port stays; nobody but this machine gets in, without TLS.
    run("listen", "on", "--interface", "lo", "--port", str(port))
    run("listen", "off")
    log = open(f"{folder}/log.txt", "w")
    station = subprocess.Popen([BINARY, "serve", "--demo"], env=env, stdout=log, stderr=log)
    try:
        until = time.monotonic() + PATIENCE
        while True:
            try:
                urllib.request.urlopen(f"{url}/health", timeout=5).close()
                break
            except (urllib.error.URLError, OSError):
                if station.poll() is not None or time.monotonic() > until:
                    raise
                time.sleep(0.1)
        signed_in = ask(f"{url}/api/auth/local", ADMIN | {"token": True})["token"]
        token = ask(f"{url}/api/access/tokens", {"name": "Conformance", "access": "admin"}, signed_in)["secret"]
        leave_out = [word for name in EXCEPT for word in ("--exclude-operation-id", name)]
        done = subprocess.run(
            [schemathesis, "run", f"{url}/api/openapi.json", "--checks", CHECKS, "--continue-on-failure",
             "-H", f"Authorization: Bearer {token}", "--request-timeout", "40", *HOW, *leave_out],
            cwd=folder,
        ).returncode
        # Had it lost its right to ask on the way, the rest would have been told nothing.
        request = urllib.request.Request(f"{url}/api/access/tokens", headers={"Authorization": f"Bearer {token}"})
        with urllib.request.urlopen(request, timeout=PATIENCE) as reply:
            json.load(reply)
        if station.poll() is not None:
            print(f"the station ended with {station.returncode}", file=sys.stderr)
            done = 1
    finally:
        station.send_signal(signal.SIGTERM)
        try:
            ended = station.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            station.kill()
            ended = station.wait()
        log.close()
        with open(f"{folder}/log.txt") as lines:
            panics = [line for line in lines if "panic" in line]
        shutil.rmtree(folder, ignore_errors=True)
    if ended != 0 or panics:
        print(f"the station ended with {ended}\n{''.join(panics)}", file=sys.stderr)
        done = done or 1
    return done


if __name__ == "__main__":
    sys.exit(main())
