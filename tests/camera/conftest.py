"""Fixtures of the camera tests."""

import importlib.util
import sys
from pathlib import Path

import pytest


def fake_picamera2(patch):
    """Put the fake library under the real name, fresh, until the patch is undone; return it."""
    path = Path(__file__).parent / "fake_picamera2.py"
    spec = importlib.util.spec_from_file_location("picamera2", path)
    module = importlib.util.module_from_spec(spec)
    patch.setitem(sys.modules, "picamera2", module)
    patch.setitem(sys.modules, "libcamera", module)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def picamera2(monkeypatch):
    """Put the fake library under the real name, fresh for each test."""
    module = fake_picamera2(monkeypatch)
    yield module
    module.bench.release_hung.set()
