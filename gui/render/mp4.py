"""An MP4 (H.264), with PyAV, which the extra ``film`` installs."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Any, BinaryIO

import numpy as np

from core.errors import RenderError

if TYPE_CHECKING:
    from PySide6.QtGui import QImage

_CODECS = {
    # Drawings move by jumps: to look longer for where pixels came from finds little and takes time.
    "libx264": {"preset": "faster", "crf": "35", "x264-params": "ref=1:me=dia:subme=2"},
    "libopenh264": {},
    "mpeg4": {},
}
"""In the order of preference; which there are depends on how PyAV was built."""
_BITS_A_PIXEL = 0.058
"""At most, on average. Where much moves in every frame small text stays readable at this rate, and
300 frames of 1280 x 720 below 2 MB; a lower one leaves shadows of the frame before."""


def check_installed() -> None:
    """Say what is missing, before anything is drawn.

    Raises:
        RenderError: PyAV is not installed.
    """
    try:
        import av  # noqa: F401
    except ImportError:
        raise RenderError(
            "an MP4 needs PyAV, which is not installed",
            advice="pip install 'ownerscope[film]', or write a .gif or .webp",
        ) from None


class Mp4Writer:
    """Writes an MP4.

    Args:
        stream: Where to; it can seek.
        size: Width and height in pixels, both even.
        fps: Frames a second.
    """

    def __init__(self, stream: BinaryIO, size: tuple[int, int], fps: int) -> None:
        import av

        self._container = av.open(stream, "w", format="mp4", options={"movflags": "+faststart"})
        name = next(name for name in _CODECS if name in av.codecs_available)
        most = round(size[0] * size[1] * fps * _BITS_A_PIXEL)
        limits = {"maxrate": str(most), "bufsize": str(2 * most)}
        options = {**_CODECS[name], **limits}
        stream_of: Any = self._container.add_stream
        self._stream = stream_of(name, rate=fps, options=options)
        if name != "libx264":
            self._stream.bit_rate = most
        self._stream.width, self._stream.height = size
        self._stream.pix_fmt = "yuv420p"
        self._stream.time_base = self._stream.codec_context.time_base = Fraction(1, fps)
        self._frames = 0

    def add(self, image: QImage, count: int) -> None:
        """Add a frame so many times in a row."""
        import av

        pixels = np.frombuffer(image.constBits(), np.uint8)
        shape = image.height(), image.bytesPerLine() // 4, 4
        frame = av.VideoFrame.from_ndarray(pixels.reshape(shape), format="bgra")
        frame = frame.reformat(format="yuv420p")
        for _ in range(count):
            frame.pts = self._frames
            self._frames += 1
            self._container.mux(self._stream.encode(frame))

    def close(self) -> None:
        """Write the end."""
        self._container.mux(self._stream.encode(None))
        self._container.close()
