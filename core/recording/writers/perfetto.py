"""Perfetto's protobuf: a track a task, a slice a call.

Made with the ``perfetto`` package, so that messages are those of the Perfetto that reads them.
"""

from __future__ import annotations

from typing import Any, BinaryIO

from core.errors import RecordingError
from core.recording.writers.marks import Marks, marks_of, processes_of
from core.trace.trace import Trace

SEQUENCE = 1
"""All packets come from one writer: names are interned for it."""

_CHUNK_PACKETS = 1 << 13


def write(content: Trace, stream: BinaryIO) -> None:
    """Write a trace.

    Raises:
        RecordingError: The ``perfetto`` package is not installed.
    """
    builder, packets = _package()
    file = _Packets(builder, stream)
    _describe(content, file, packets)
    _write_slices(marks_of(content), file, packets)
    file.flush()


def _package() -> tuple[Any, Any]:
    try:
        from perfetto.protos.perfetto.trace import perfetto_trace_pb2
        from perfetto.trace_builder.proto_builder import TraceProtoBuilder
    except ImportError:
        raise RecordingError(
            "Perfetto's format needs the perfetto package",
            where="--to perfetto",
            advice="pip install 'ownerscope[export]', or convert to chrome, which Perfetto opens",
        ) from None
    return TraceProtoBuilder, perfetto_trace_pb2


class _Packets:
    """Packets on their way to a file, some thousand at once: traces one after another are one."""

    def __init__(self, builder: Any, stream: BinaryIO) -> None:
        self._builder, self._stream = builder, stream
        self._trace = builder()
        self._count = 0

    def add(self) -> Any:
        """Return a packet to be filled."""
        if self._count == _CHUNK_PACKETS:
            self.flush()
        self._count += 1
        packet = self._trace.add_packet()
        packet.trusted_packet_sequence_id = SEQUENCE
        return packet

    def flush(self) -> None:
        """Write what there is."""
        self._stream.write(self._trace.serialize())
        self._trace = self._builder()
        self._count = 0


def _describe(trace: Trace, file: _Packets, packets: Any) -> None:
    """Write what later packets point at: names of functions, and a track a task."""
    first = file.add()
    first.sequence_flags = packets.TracePacket.SEQ_INCREMENTAL_STATE_CLEARED
    first.first_packet_on_sequence = True
    for number, function in enumerate(trace.functions):
        first.interned_data.event_names.add(iid=number + 1, name=function.name)
    processes = processes_of(trace.info.tasks)
    for number, (process, task) in enumerate(zip(processes, trace.info.tasks, strict=True)):
        track = file.add().track_descriptor
        track.uuid = number + 1
        track.thread.pid, track.thread.tid = process, task.pid
        track.thread.thread_name = task.comm


def _write_slices(marks: Marks, file: _Packets, packets: Any) -> None:
    begin, end = packets.TrackEvent.TYPE_SLICE_BEGIN, packets.TrackEvent.TYPE_SLICE_END
    needs_names = packets.TracePacket.SEQ_NEEDS_INCREMENTAL_STATE
    for chunk in marks.chunks():
        for is_call, function, task, at in chunk:
            packet = file.add()
            packet.timestamp = at
            packet.sequence_flags = needs_names
            event = packet.track_event
            event.track_uuid = task + 1
            event.type = begin if is_call else end
            if is_call:
                event.name_iid = function + 1
