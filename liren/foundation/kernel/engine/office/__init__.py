"""An Office file (ECMA-376: DOCX, XLSX) written anew: what it shows, and nothing that hides behind it."""

from liren.foundation.kernel.engine.office.packages import NoOffice, bare_office

__all__ = ["NoOffice", "bare_office"]
