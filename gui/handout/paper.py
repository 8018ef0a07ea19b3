"""A handout on pages of paper: text that can be selected, drawings, and page numbers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from PySide6.QtCore import QBuffer, QByteArray, QMarginsF, QPointF, QRect, QRectF, QSizeF, Qt
from PySide6.QtGui import (
    QAbstractTextDocumentLayout,
    QFont,
    QPageLayout,
    QPageSize,
    QPainter,
    QPyTextObject,
    QTextBlock,
    QTextCursor,
    QTextDocument,
    QTextFormat,
)

from core.handout.paper import PICTURE, STYLE, paper_html
from core.pdf import Bookmark, finished
from gui.render.pdf import POINTS, pdf_writer

if TYPE_CHECKING:
    from PySide6.QtGui import QPdfWriter

    from core.handout.model import Handout
    from gui.handout.pictures import Drawing

_MARGINS_MM = QMarginsF(18, 16, 18, 20)
_POINTS_A_MM = 72 / 25.4
_FOOT_PX = 34
_FOOT_COLOUR = Qt.GlobalColor.darkGray
_LEAST_LEFT = 0.3
"""A step begins on the page it is on where so little of the page is used."""
_ENDLESS_PX = 1e5
STEP_LEVEL = 2
"""The level of a step's heading."""
_FONTS = ("Inter", "Adwaita Sans", "Noto Sans", "DejaVu Sans")


class _Drawings(QPyTextObject):
    """Draws a picture where the text has one, as shapes and text and not as pixels."""

    def __init__(self, drawings: Mapping[int, Drawing], parent: QTextDocument) -> None:
        super().__init__(parent)
        self._drawings = {PICTURE.format(at + 1): drawing for at, drawing in drawings.items()}

    def intrinsicSize(  # noqa: N802 - Qt's name
        self, doc: QTextDocument, position: int, format: QTextFormat
    ) -> QSizeF:
        """Return the size that the text says."""
        image = format.toImageFormat()
        return QSizeF(image.width(), image.height())

    def drawObject(  # noqa: N802 - Qt's name
        self,
        painter: QPainter,
        rect: QRectF | QRect,
        doc: QTextDocument,
        position: int,
        format: QTextFormat,
    ) -> None:
        """Draw the picture."""
        drawing = self._drawings.get(format.toImageFormat().name())
        if drawing is not None:
            drawing.draw(painter, QRectF(rect).topLeft())


def pdf_of(handout: Handout, drawings: Mapping[int, Drawing]) -> bytes:
    """Return a handout as the contents of a PDF file, A4.

    Args:
        handout: The lesson.
        drawings: The pictures, by the index of their step.
    """
    data = QByteArray()
    buffer = QBuffer(data)
    buffer.open(QBuffer.OpenModeFlag.WriteOnly)
    writer = pdf_writer(buffer, handout.title)
    writer.setPageSize(QPageSize(QPageSize.PageSizeId.A4))
    writer.setPageMargins(_MARGINS_MM, QPageLayout.Unit.Millimeter)
    room = QSizeF(writer.width(), writer.height() - _FOOT_PX)
    document = _document(handout, drawings, writer, room)
    _paint(writer, document, handout.title, room)
    return finished(bytes(data.data()), handout.title, list(_bookmarks(document, room.height())))


def _bookmarks(document: QTextDocument, page_px: float) -> Iterator[Bookmark]:
    layout, margin_pt = document.documentLayout(), _MARGINS_MM.top() * _POINTS_A_MM
    for heading in _headings(document):
        page, down = divmod(layout.blockBoundingRect(heading).top(), page_px)
        title = " ".join(heading.text().split())
        yield Bookmark(title, int(page), margin_pt + down * POINTS)


def _document(
    handout: Handout, drawings: Mapping[int, Drawing], writer: QPdfWriter, room: QSizeF
) -> QTextDocument:
    document = QTextDocument()
    # Sizes in points are those of paper, not of the screen that happens to be there.
    document.documentLayout().setPaintDevice(writer)
    document.setDefaultFont(_font(10.5))
    document.setDefaultStyleSheet(STYLE)
    document.setDocumentMargin(0)
    kind = QTextFormat.ObjectTypes.ImageObject.value
    document.documentLayout().registerHandler(kind, _Drawings(drawings, document))
    document.setHtml(paper_html(handout))
    # As one endless page first: where steps begin and end is then told by their heights.
    _lay_out(document, QSizeF(room.width(), _ENDLESS_PX))
    _keep_steps_whole(document, room.height())
    _lay_out(document, room)
    return document


def _lay_out(document: QTextDocument, page: QSizeF) -> None:
    """Lay out all of it now: Qt puts off what is far down, and tells places that are none."""
    document.setPageSize(page)
    document.documentLayout().documentSize()


def _keep_steps_whole(document: QTextDocument, page: float) -> None:
    """Let a step that would lie on two pages begin on the next one."""
    layout = document.documentLayout()
    starts = list(_headings(document))
    tops = [layout.blockBoundingRect(start).top() for start in starts]
    bottom = layout.blockBoundingRect(document.lastBlock()).bottom()
    used = tops[0] if tops else 0.0
    for start, top, end in zip(starts, tops, [*tops[1:], bottom], strict=True):
        height = end - top
        if used + height > page and used > page * _LEAST_LEFT:
            _break_before(start)
            used = 0.0
        used = (used + height) % page


def _break_before(block: QTextBlock) -> None:
    cursor, form = QTextCursor(block), block.blockFormat()
    form.setPageBreakPolicy(QTextFormat.PageBreakFlag.PageBreak_AlwaysBefore)
    cursor.setBlockFormat(form)


def _headings(document: QTextDocument) -> Iterator[QTextBlock]:
    block = document.begin()
    while block.isValid():
        if block.blockFormat().headingLevel() == STEP_LEVEL:
            yield block
        block = block.next()


def _font(points: float) -> QFont:
    font = QFont()
    font.setFamilies(list(_FONTS))
    font.setPointSizeF(points)
    # Joined letters are one sign in a PDF: who looks for "office" would not find it.
    font.setFeature(QFont.Tag("liga"), 0)
    return font


def _paint(writer: QPdfWriter, document: QTextDocument, title: str, room: QSizeF) -> None:
    pages = document.pageCount()
    context = QAbstractTextDocumentLayout.PaintContext()
    foot = QRectF(0, room.height(), room.width(), _FOOT_PX)
    with QPainter(writer) as painter:
        for page in range(pages):
            if page:
                writer.newPage()
            top = page * room.height()
            painter.save()
            painter.translate(QPointF(0, -top))
            view = QRectF(0, top, room.width(), room.height() - 2)
            painter.setClipRect(view)
            # What begins the next page is not to show at the foot of this one.
            context.clip = view
            document.documentLayout().draw(painter, context)
            painter.restore()
            painter.setPen(_FOOT_COLOUR)
            painter.setFont(_font(8.5))
            flag = Qt.AlignmentFlag
            painter.drawText(foot, flag.AlignBottom | flag.AlignLeft, title)
            painter.drawText(foot, flag.AlignBottom | flag.AlignRight, f"{page + 1} / {pages}")
