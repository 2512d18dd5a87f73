from __future__ import annotations

import hashlib
import http.server
import re
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from bn_study.datasets import download as download_module
from bn_study.datasets.download import fetch
from bn_study.datasets.error import DatasetError
from bn_study.datasets.remote_file import RemoteFile

CONTENT = bytes(range(256)) * 4096  # 1 MiB: four reads


class QuietServer(http.server.ThreadingHTTPServer):
    def handle_error(self, *_: Any) -> None:
        """A client that hangs up early is what some of these tests are about: no traceback for it."""


class Server:
    """A local HTTP server that serves CONTENT, and can be told to misbehave."""

    def __init__(self) -> None:
        self.content = CONTENT
        self.ranges = True
        self.skip = 0
        self.most: list[int] = []
        """how many bytes of the body the next answers send before the connection is cut"""
        self.status = 0
        self.asked: list[str | None] = []
        """the Range header of each request"""
        server = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                server.answer(self)

            def log_message(self, *_: Any) -> None:
                pass

        self._http = QuietServer(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=self._http.serve_forever, args=(0.01,))
        self._thread.start()

    def remote(self, content: bytes = CONTENT) -> RemoteFile:
        url = f"http://127.0.0.1:{self._http.server_port}/file.bin"
        return RemoteFile(url, "file.bin", "sha256", hashlib.sha256(content).hexdigest())

    def close(self) -> None:
        self._http.shutdown()
        self._thread.join()
        self._http.server_close()

    def answer(self, request: http.server.BaseHTTPRequestHandler) -> None:
        asked = request.headers["Range"]
        self.asked.append(asked)
        if self.status:
            return request.send_error(self.status)
        start = 0
        if asked and self.ranges:
            start = int(re.fullmatch(r"bytes=(\d+)-", asked)[1]) + self.skip  # type: ignore[index]
            if start >= len(self.content):
                return request.send_error(416)
            request.send_response(206)
            request.send_header("Content-Range", f"bytes {start}-{len(self.content) - 1}/{len(self.content)}")
        else:
            request.send_response(200)
        body = self.content[start:]
        request.send_header("Content-Length", str(len(body)))
        request.end_headers()
        request.wfile.write(body[: self.most.pop(0)] if self.most else body)
        return None


@pytest.fixture
def server() -> Iterator[Server]:
    server = Server()
    yield server
    server.close()


def names(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "downloads").mkdir()
    return tmp_path / "downloads"


def test_a_file_arrives_whole_with_its_progress_told(server: Server, folder: Path) -> None:
    told: list[tuple[int, int | None]] = []
    path = fetch(server.remote(), folder, lambda done, total: told.append((done, total)))
    assert path == folder / "file.bin"
    assert path.read_bytes() == CONTENT
    assert names(folder) == {"file.bin"}
    assert [done for done, _ in told] == sorted({done for done, _ in told})
    assert {total for _, total in told} == {len(CONTENT)}
    assert told[-1] == (len(CONTENT), len(CONTENT))


@pytest.mark.parametrize("have", [1, 1000, len(CONTENT) - 1])
@pytest.mark.parametrize("ranges", [True, False])
def test_a_part_is_taken_up_where_the_server_allows(have: int, ranges: bool, server: Server, folder: Path) -> None:
    server.ranges = ranges
    (folder / "file.bin.partial").write_bytes(CONTENT[:have])
    told: list[int] = []
    assert fetch(server.remote(), folder, lambda done, _: told.append(done)).read_bytes() == CONTENT
    assert server.asked == [f"bytes={have}-"]
    assert (told[0] > have) if ranges else (told[0] <= download_module._CHUNK_BYTES)
    assert names(folder) == {"file.bin"}


def test_a_part_that_is_too_long_does_not_outlast_a_new_start(server: Server, folder: Path) -> None:
    server.ranges = False
    (folder / "file.bin.partial").write_bytes(CONTENT + b"more")
    assert fetch(server.remote(), folder).read_bytes() == CONTENT
    assert len(server.asked) == 1


@pytest.mark.parametrize("ranges", [True, False])
def test_a_connection_that_is_cut_is_taken_up_again(ranges: bool, server: Server, folder: Path) -> None:
    server.ranges = ranges
    server.most = [100_000, 300_000]
    assert fetch(server.remote(), folder).read_bytes() == CONTENT
    assert server.asked == [None, "bytes=100000-", "bytes=400000-" if ranges else "bytes=300000-"]


def test_what_came_is_kept_when_the_line_is_dead(server: Server, folder: Path) -> None:
    server.most = [400_000, 0]
    with pytest.raises(DatasetError, match="cut after 400,000 of 1,048,576 bytes"):
        fetch(server.remote(), folder)
    assert names(folder) == {"file.bin.partial"}
    assert fetch(server.remote(), folder).read_bytes() == CONTENT
    assert server.asked[-1] == "bytes=400000-"


def test_an_interrupted_download_goes_on_the_next_time(server: Server, folder: Path) -> None:
    def interrupt(done: int, total: int | None) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fetch(server.remote(), folder, interrupt)
    assert names(folder) == {"file.bin.partial"}
    assert fetch(server.remote(), folder).read_bytes() == CONTENT
    assert server.asked[1] is not None


def test_a_wrong_checksum_leaves_nothing_behind(server: Server, folder: Path) -> None:
    with pytest.raises(DatasetError, match="wrong sha256 checksum"):
        fetch(server.remote(b"something else"), folder)
    assert names(folder) == set()
    assert len(server.asked) == 1


@pytest.mark.parametrize("stale", [b"x" * 1000, CONTENT + b"x", b"x" * len(CONTENT)])
def test_a_part_of_another_file_is_thrown_away(stale: bytes, server: Server, folder: Path) -> None:
    (folder / "file.bin.partial").write_bytes(stale)
    assert fetch(server.remote(), folder).read_bytes() == CONTENT
    assert server.asked == [f"bytes={len(stale)}-", None]


def test_a_part_that_is_the_whole_is_not_sent_again(server: Server, folder: Path) -> None:
    (folder / "file.bin.partial").write_bytes(CONTENT)
    told: list[int] = []
    assert fetch(server.remote(), folder, lambda done, _: told.append(done)).read_bytes() == CONTENT
    assert told == []


def test_a_server_that_leaves_bytes_out_is_not_believed(server: Server, folder: Path) -> None:
    server.skip = 10
    (folder / "file.bin.partial").write_bytes(CONTENT[:1000])
    with pytest.raises(DatasetError, match="left out bytes 1,000 to 1,010"):
        fetch(server.remote(), folder)


def test_a_refusal_is_told_with_address_and_status(server: Server, folder: Path) -> None:
    server.status = 404
    with pytest.raises(DatasetError, match=r"http://127\.0\.0\.1:\d+/file\.bin: the server answered 404"):
        fetch(server.remote(), folder)
    assert len(server.asked) == 1


def test_a_server_that_is_not_there_is_told(server: Server, folder: Path) -> None:
    remote = server.remote()
    server.close()
    with pytest.raises(DatasetError, match=r"file\.bin: .*refused"):
        fetch(remote, folder)


def test_more_than_any_official_file_is_not_taken(
    server: Server, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(download_module, "MAX_FILE_BYTES", len(CONTENT) - 1)
    with pytest.raises(DatasetError, match="more than 1,048,575 bytes: stopped"):
        fetch(server.remote(), folder)


def test_those_who_want_the_same_file_wait_for_one_download(server: Server, folder: Path) -> None:
    with ThreadPoolExecutor(4) as pool:
        paths = [pool.submit(fetch, server.remote(), folder) for _ in range(4)]
    assert {path.result().read_bytes() for path in paths} == {CONTENT}
    assert len(server.asked) == 1
