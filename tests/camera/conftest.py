"""Fixtures of the camera tests."""

import importlib.util
import sys
from pathlib import Path

import pytest


@pytest.fixture
def picamera2(monkeypatch):
    """Put the fake library under the real name, fresh for each test."""
    path = Path(__file__).parent / "fake_picamera2.py"
    spec = importlib.util.spec_from_file_location("picamera2", path)
    module = importlib.util.module_from_spec(spec)
    monkeypatch.setitem(sys.modules, "picamera2", module)
    spec.loader.exec_module(module)
    yield module
    module.bench.release_hung.set()
