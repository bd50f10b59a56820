"""Answers leave as small as the browser can read them."""

import gzip

import brotli
import pytest

from portal import packing

LONG = ("Yol çökmüş, araçlar geçemiyor. " * 60).encode()


@pytest.mark.parametrize(
    ("accepted", "coding"),
    [
        ("gzip, deflate, br", "br"),
        ("gzip", "gzip"),
        ("gzip;q=0.5, br;q=0", "gzip"),
        ("br;q=0.000", ""),
        ("identity", ""),
        ("", ""),
    ],
)
def test_the_smallest_coding_that_is_accepted(accepted: str, coding: str):
    words, headers = packing.packed(LONG, accepted)

    assert headers.get("Content-Encoding", "") == coding
    assert headers["Vary"] == "Accept-Encoding"
    plain = {"br": brotli.decompress, "gzip": gzip.decompress, "": bytes}[coding](words)
    assert plain == LONG
    assert coding == "" or len(words) < len(LONG) / 5


def test_a_short_answer_stays_as_it_is():
    assert packing.packed(b"tamam", "gzip, br") == (b"tamam", {"Vary": "Accept-Encoding"})
