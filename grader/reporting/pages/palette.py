"""The colours of pages and charts: few, different to colour-blind eyes (Okabe and Ito), readable as text on paper.

No meaning is told by colour alone: words, marks and positions say the same.
"""

INK = "#1d2430"
MUTED = "#56606e"
PAPER = "#ffffff"
PANEL = "#f5f6f8"
LINE = "#d8dce2"
BLUE = "#0072b2"
ORANGE = "#e69f00"  # for areas; as text it is too light
PALE = "#cfe0ec"
# Text in the colour of a status.
RIGHT = "#00664b"
PARTLY = "#7a5200"
WRONG = "#a3330b"
OPEN = "#0b5e91"

TEXTS = {"ink": INK, "muted": MUTED, "right": RIGHT, "partly": PARTLY, "wrong": WRONG, "open": OPEN, "link": OPEN}
GROUNDS = {"paper": PAPER, "panel": PANEL}
REST = {"line": LINE, "blue": BLUE, "orange": ORANGE, "pale": PALE}
ALL = TEXTS | GROUNDS | REST
