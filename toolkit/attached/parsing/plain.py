"""Words of a file of text, in whatever characters it was written."""

from __future__ import annotations

import codecs
from typing import BinaryIO

from toolkit.attached.parsing.words import MOST_CHARACTERS, Enough, Unreadable, Words

#: No character takes more bytes than these.
_MOST_BYTES = 4 * MOST_CHARACTERS

_MARKS = {
    codecs.BOM_UTF8: "utf-8",
    codecs.BOM_UTF32_LE: "utf-32",
    codecs.BOM_UTF32_BE: "utf-32",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}
#: How texts of the site's languages are written that are not Unicode, and the letters beyond
#: ASCII of which such a text is full.
_OLDER = {
    "windows-1252": "éèêëàâäáçîïíôöóùûüúñßœ’“”«»–",
    "windows-1251": "оеаинтсрвлкмдпуяыьгзбчйхжшюцщэфОЕАИНТСРВЛКМДПУЯГЗБЧ",
    "windows-1256": "اليمنوترهبسدعفقكحجشصطخذزضغثظءأإآةىئؤ،؟",
    "gb18030": (
        "的一是不了在人有我他这个们中来上大为和国地到以说时要就出会可也你对生能而子那得于着下自之"
        "年过发后作里用道行所然家种事成方多经么去法学如都同现当没动面起看定天分还进好小部其些主样"
        "理心本前开但因只从想实图书馆员会协合作议文件，。、"
    ),
}
#: A share of so many control characters is no text.
_FEW = 0.02


def read_plain(file: BinaryIO, words: Words) -> None:
    """The text: by its byte-order mark, else as UTF-8, else in the older set of characters in
    which its letters are those that are frequent."""
    data = file.read(_MOST_BYTES + 1)
    is_cut = len(data) > _MOST_BYTES
    words.add(_decoded(data[:_MOST_BYTES], is_cut=is_cut))
    if is_cut:
        raise Enough


def _decoded(data: bytes, *, is_cut: bool) -> str:
    for mark, name in _MARKS.items():
        if data.startswith(mark):
            return data.decode(name, "replace")
    if data.count(0) > len(data) // 5:
        # Half of UTF-16 is zeros where letters are Latin
        even = data[::2].count(0)
        return _text(data.decode("utf-16-be" if even > len(data) // 5 else "utf-16-le", "replace"))
    try:
        decoder = codecs.getincrementaldecoder("utf-8")()
        return _text(decoder.decode(data, final=not is_cut))
    except UnicodeDecodeError:
        return _text(max(filter(None, (_as(data, name) for name in _OLDER)))[1])


def _as(data: bytes, name: str) -> tuple[float, str] | None:
    """What it says in these characters, and how much of that is frequent in such texts."""
    text = data.decode(name, "replace")
    beyond = [letter for letter in text if letter > "\x7f"]
    wrong = text.count("\ufffd")
    share = sum(letter in _OLDER[name] for letter in beyond) / max(len(beyond), 1)
    # A tenth of Chinese characters makes half of every text
    return (share * (1.6 if name == "gb18030" else 1.0) - 5 * wrong / max(len(text), 1), text)


def _text(text: str) -> str:
    odd = sum(letter < " " and letter not in "\t\n\r\f" for letter in text)
    if odd > _FEW * len(text):
        raise Unreadable("other")
    return text
