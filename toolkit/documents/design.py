"""How every document looks: one set of measures and colours for the three writers.

Sizes are points, margins millimetres, colours six hexadecimal digits. Text on its ground reaches a
contrast of 7:1 (WCAG 2.2, 1.4.6) everywhere.
"""

from __future__ import annotations

ACCENT = "14505C"
INK = "1D2327"
WARNING = "8A3B12"
QUIET = "4A555C"
RULE = "B9C6CA"
BLANK_GROUND = "FFF0BF"
BLANK_INK = "5A3E00"
NOTE_GROUND = "EEF4F5"
HEADER_GROUND = "E1ECEE"

PAGE_WIDTH_MM = 210
PAGE_HEIGHT_MM = 297
MARGIN_MM = 25
MARGIN_BOTTOM_MM = 24

BODY = 11
SMALL = 9.5
FOOTER = 8.5
TITLE = 24
SUBTITLE = 13
HEADINGS = (15, 12.5, 11.5, 11, 11, 11)
LINE = 1.25

# Fonts that Word and LibreOffice have or replace by one of the same widths: the file goes to
# machines that we do not know, so nothing is embedded.
OFFICE_TEXT = "Cambria"
OFFICE_HEADING = "Calibri"
OFFICE_ARABIC = "Arial"
OFFICE_HAN_TEXT = "SimSun"
OFFICE_HAN_HEADING = "SimHei"
