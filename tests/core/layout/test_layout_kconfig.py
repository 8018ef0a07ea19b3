from __future__ import annotations

import platform
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import LayoutError
from core.layout import kconfig
from tests.core.layout.made import PACKERS, bzimage, elf

TEXT = b"""#
# Automatically generated file; DO NOT EDIT.
# Linux/x86 6.1.192 Kernel Configuration
#
CONFIG_PAGE_OWNER=y
# CONFIG_RANDSTRUCT is not set
CONFIG_KPROBES=m\r
CONFIG_NR_CPUS=8192
CONFIG_PHYSICAL_START=0x1000000
CONFIG_LOCALVERSION="-a \\"name\\""
CONFIG_EMPTY=""
"""


def test_values_and_what_is_not_set() -> None:
    config = kconfig.read_config(TEXT, where="a/.config")
    assert config.get("CONFIG_PAGE_OWNER") == config.get("PAGE_OWNER") == "y"
    assert config.get("CONFIG_RANDSTRUCT") == config.get("CONFIG_ABSENT") == "n"
    assert config.is_set("CONFIG_KPROBES")
    assert not config.is_set("CONFIG_RANDSTRUCT")
    assert not config.is_set("CONFIG_EMPTY")
    assert "CONFIG_RANDSTRUCT" in config
    assert "CONFIG_ABSENT" not in config
    assert config.number("CONFIG_NR_CPUS") == 8192
    assert config.number("CONFIG_PHYSICAL_START") == 1 << 24
    assert config.number("CONFIG_PAGE_OWNER") is None
    assert config.get("CONFIG_LOCALVERSION") == '-a "name"'
    assert (config.source, len(config)) == ("a/.config", 7)


@pytest.mark.parametrize(
    ("data", "complaint"),
    [
        (b"CONFIG_A=y\nCONFIG_B\n", r"^a/\.config:2: expected CONFIG_NAME=value, found 'CONFIG_B'"),
        (b"SMP=y\n", r":1: expected CONFIG_NAME=value"),
        (b"\x7fELF\0\0", r":1: expected"),
        (b"", "sets no CONFIG_ symbol"),
        (b"# only a comment\n", "sets no CONFIG_ symbol"),
        (PACKERS["gzip"](TEXT)[:60], "the gzip data are damaged"),
    ],
)
def test_bad_input_is_one_line(data: bytes, complaint: str) -> None:
    with pytest.raises(LayoutError, match=complaint) as got:
        kconfig.read_config(data, where="a/.config")
    assert "\n" not in str(got.value)


@given(st.binary(max_size=200))
def test_whatever_comes_in(data: bytes) -> None:
    try:
        kconfig.read_config(data, where="x")
    except LayoutError as error:
        assert str(error).startswith("x")


@pytest.mark.parametrize(
    ("kernel", "config"),
    [
        ("vmlinuz-6.1.0-44-amd64", "config-6.1.0-44-amd64"),
        ("vmlinux-6.1.0-44-amd64", "config-6.1.0-44-amd64"),
        ("vmlinux", ".config"),
        ("arch/x86/boot/bzImage", ".config"),
        ("arch/arm64/boot/Image.gz", ".config"),
    ],
)
def test_the_configuration_beside_a_kernel(kernel: str, config: str, tmp_path: Path) -> None:
    path = tmp_path / kernel
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch()
    assert kconfig.beside(path) is None
    (tmp_path / config).write_bytes(TEXT)
    found = kconfig.beside(path)
    assert found is not None
    assert found.is_set("CONFIG_PAGE_OWNER")
    assert found.source == str(tmp_path / config)
    assert kconfig.beside(tmp_path / "something.btf") is None


def test_the_running_kernels(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(kconfig, "PROC_CONFIG", tmp_path / "config.gz")
    monkeypatch.setattr(kconfig, "BOOT", tmp_path)
    assert kconfig.running() is None
    (tmp_path / f"config-{platform.uname().release}").write_bytes(TEXT)
    second = kconfig.running()
    assert second is not None
    assert second.source.endswith(platform.uname().release)
    (tmp_path / "config.gz").write_bytes(PACKERS["gzip"](TEXT))
    first = kconfig.running()
    assert first is not None
    assert first.source == str(tmp_path / "config.gz")


@pytest.mark.parametrize("is_packed", [False, True])
def test_the_configuration_inside_a_kernel(is_packed: bool) -> None:
    marked = b"IKCFG_ST?" + b"IKCFG_ST" + PACKERS["gzip"](TEXT) + b"IKCFG_ED"
    data = elf({".rodata": bytes(100) + marked + bytes(10)})
    if is_packed:
        data = bzimage(PACKERS["zstd"](data))
    found = kconfig.embedded(data, where="vmlinuz")
    assert found is not None
    assert found.get("CONFIG_NR_CPUS") == "8192"
    assert found.source == "vmlinuz: IKCONFIG"
    assert kconfig.embedded(elf({".rodata": bytes(100)}), where="x") is None


def test_a_damaged_configuration_inside_a_kernel_is_none() -> None:
    marked = b"IKCFG_ST" + PACKERS["gzip"](TEXT)[:50] + b"IKCFG_ED"
    assert kconfig.embedded(elf({".rodata": marked}), where="x") is None
