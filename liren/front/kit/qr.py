"""An address as a picture that a telephone reads."""

import qrcode  # type: ignore[import-untyped]  # it comes without types
from django.utils.html import format_html
from django.utils.safestring import SafeString

BORDER = 4


def qr_svg(text: str) -> SafeString:
    """The text as a QR code (ISO/IEC 18004): one path, no style of its own, so that no page's policy forbids it."""
    code = qrcode.QRCode(border=BORDER, error_correction=qrcode.constants.ERROR_CORRECT_M)
    code.add_data(text)
    code.make(fit=True)
    rows = code.get_matrix()
    path = "".join(f"M{x} {y}h1v1h-1z" for y, row in enumerate(rows) for x, dark in enumerate(row) if dark)
    return format_html(
        '<svg class="qr" viewBox="0 0 {0} {0}" role="img" aria-labelledby="qr-says" shape-rendering="crispEdges">'
        '<path fill="#fff" d="M0 0h{0}v{0}H0z"/><path fill="#000" d="{1}"/></svg>',
        len(rows),
        path,
    )
