"""What a document must know of its language: tag, direction, script and the fixed words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Direction = Literal["ltr", "rtl"]
Script = Literal["alphabetic", "arabic", "han"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Language:
    """How word processors name a language, and how it is set.

    `tag` is BCP 47 with the region that Word needs to pick its proofing tools; `script` says which
    of the three font slots of a word processor (western, complex, east-asian) carries the text.
    """

    code: str
    country: str
    direction: Direction = "ltr"
    script: Script = "alphabetic"
    script_code: str = ""

    @property
    def tag(self) -> str:
        return f"{self.code}-{self.country}" if self.country else self.code

    @property
    def has_italics(self) -> bool:
        """Arabic and Chinese have no italics: emphasis is set bold there."""
        return self.script == "alphabetic"


_LANGUAGES = {
    language.code: language
    for language in (
        Language(code="ar", country="SA", direction="rtl", script="arabic"),
        Language(code="de", country="DE"),
        Language(code="en", country="GB"),
        Language(code="es", country="ES"),
        Language(code="fr", country="FR"),
        Language(code="ru", country="RU"),
        Language(code="zh", country="CN", script="han", script_code="Hans"),
    )
}


def language(code: str) -> Language:
    """The language `code`; any code outside the seven is taken as alphabetic, left to right."""
    return _LANGUAGES.get(code) or Language(code=code, country="")


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """The words that a document carries of its own, whatever it is about.

    They follow the document's language, not the reader's, so they stand here as data and not in
    the interface's catalogues: a missing one cannot be constructed. `page` takes {page} and
    {pages}.
    """

    why: str
    watch_out: str
    optional: str
    variant: str
    about: str
    blanks: str
    blanks_hint: str
    blank: str
    example: str
    signatures: str
    signed_for: str
    signature: str
    name: str
    position: str
    place_and_date: str
    page: str
    source: str
    licence: str
    reviewed: str
    colon: str = ": "


_WORDS = {
    "ar": Words(
        why="لماذا هذا البند",
        watch_out="انتبه",
        optional="بند اختياري: احذفه إن لم تحتاجوا إليه.",
        variant="صيغة بديلة إذا كان الشريك من فئة",
        about="عن هذه الوثيقة",
        blanks="ما ينبغي ملؤه",
        blanks_hint="الكلمات المظللة بين قوسين معقوفين فراغات يملؤها الطرفان.",
        blank="الفراغ",
        example="مثال",
        signatures="التوقيعات",
        signed_for="عن",
        signature="التوقيع",
        name="الاسم",
        position="الصفة",
        place_and_date="المكان والتاريخ",
        page="صفحة {page} من {pages}",
        source="المصدر",
        licence="الرخصة",
        reviewed="تاريخ المراجعة",
    ),
    "de": Words(
        why="Warum",
        watch_out="Darauf achten",
        optional="Optionaler Abschnitt: streichen, wenn er nicht gebraucht wird.",
        variant="Andere Fassung, wenn der Partner zu dieser Gruppe gehört",
        about="Zu diesem Dokument",
        blanks="Was auszufüllen ist",
        blanks_hint="Hinterlegte Wörter in eckigen Klammern sind auszufüllen.",
        blank="Lücke",
        example="Beispiel",
        signatures="Unterschriften",
        signed_for="Für",
        signature="Unterschrift",
        name="Name",
        position="Funktion",
        place_and_date="Ort und Datum",
        page="Seite {page} von {pages}",
        source="Quelle",
        licence="Lizenz",
        reviewed="Geprüft am",
    ),
    "en": Words(
        why="Why",
        watch_out="Watch out",
        optional="Optional clause: delete it if you do not need it.",
        variant="Other wording if the partner is one of",
        about="About this document",
        blanks="What to fill in",
        blanks_hint="Shaded words in square brackets are blanks to fill in.",
        blank="Blank",
        example="Example",
        signatures="Signatures",
        signed_for="For",
        signature="Signature",
        name="Name",
        position="Position",
        place_and_date="Place and date",
        page="Page {page} of {pages}",
        source="Source",
        licence="Licence",
        reviewed="Reviewed",
    ),
    "es": Words(
        why="Por qué",
        watch_out="Atención",
        optional="Cláusula opcional: suprímala si no la necesita.",
        variant="Otra redacción si el socio pertenece a este grupo",
        about="Acerca de este documento",
        blanks="Qué hay que completar",
        blanks_hint="Las palabras sombreadas entre corchetes son espacios por completar.",
        blank="Espacio",
        example="Ejemplo",
        signatures="Firmas",
        signed_for="Por",
        signature="Firma",
        name="Nombre",
        position="Cargo",
        place_and_date="Lugar y fecha",
        page="Página {page} de {pages}",
        source="Fuente",
        licence="Licencia",
        reviewed="Revisado",
    ),
    "fr": Words(
        why="Pourquoi",
        watch_out="Attention",
        optional="Article facultatif\u00a0: à supprimer s’il n’est pas utile.",
        variant="Autre rédaction si le partenaire relève de",
        about="À propos de ce document",
        blanks="À compléter",
        blanks_hint="Les mots grisés entre crochets sont à compléter.",
        blank="Blanc à remplir",
        example="Exemple",
        signatures="Signatures",
        signed_for="Pour",
        signature="Signature",
        name="Nom",
        position="Fonction",
        place_and_date="Lieu et date",
        page="Page {page} sur {pages}",
        source="Source",
        licence="Licence",
        reviewed="Révisé le",
        colon="\u00a0: ",
    ),
    "ru": Words(
        why="Зачем",
        watch_out="Обратите внимание",
        optional="Необязательный пункт: удалите его, если он не нужен.",
        variant="Другая редакция, если партнёр относится к группе",
        about="Об этом документе",
        blanks="Что нужно заполнить",
        blanks_hint="Выделенные фоном слова в квадратных скобках — поля для заполнения.",
        blank="Поле",
        example="Пример",
        signatures="Подписи",
        signed_for="От имени",
        signature="Подпись",
        name="Имя",
        position="Должность",
        place_and_date="Место и дата",
        page="Страница {page} из {pages}",
        source="Источник",
        licence="Лицензия",
        reviewed="Проверено",
    ),
    "zh": Words(
        why="为何需要本条",
        watch_out="注意事项",
        optional="可选条款：如不需要，可以删除。",
        variant="合作方属于下列类型时的其他措辞",
        about="关于本文件",
        blanks="待填写内容",
        blanks_hint="方括号内带底色的文字为待填写内容。",
        blank="空白项",
        example="示例",
        signatures="签署",
        signed_for="代表",
        signature="签字",
        name="姓名",
        position="职务",
        place_and_date="地点和日期",
        page="第 {page} 页，共 {pages} 页",
        source="来源",
        licence="许可协议",
        reviewed="审阅日期",
        colon="：",
    ),
}


def words(code: str) -> Words:
    """The fixed words in the language `code`; English where the language is none of the seven."""
    return _WORDS.get(code, _WORDS["en"])
