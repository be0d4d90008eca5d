"""Small agreements in four scripts, with every kind of block in them."""

from __future__ import annotations

import datetime
from dataclasses import dataclass

from resources.agreements import Agreement, Clause, Placeholder, Variant


@dataclass(frozen=True)
class Sample:
    """The words of one language's sample."""

    title: str
    introduction: str
    first: str
    second: str
    start: str
    parties: str
    parties_text: str
    aim: str
    aim_text: str
    aim_ngos: str
    why: str
    watch_out: str
    money: str
    money_text: str


SAMPLES = {
    "en": Sample(
        title="Memorandum of understanding",
        introduction="<p>Talk first, <strong>write second</strong>.</p>",
        first="Name of the first party",
        second="Name of the second party",
        start="First day",
        parties="Parties",
        parties_text="This agreement is made between <em>two bodies</em>:",
        aim="Aim",
        aim_text="The parties promote reading for everyone. See "
        "<a href='https://www.example.org/aims?a=1&amp;b=2'>the aims</a>.",
        aim_ngos="The parties bring books to people who have none.",
        why="Name the bodies, not the people.",
        watch_out="Use official names.",
        money="Money",
        money_text="Costs are shared from",
    ),
    "ar": Sample(
        title="مذكرة تفاهم بين مكتبة ومنظمة",
        introduction="<p>تحدثوا أولًا، <strong>ثم اكتبوا</strong>.</p>",
        first="اسم الطرف الأول",
        second="اسم الطرف الثاني",
        start="اليوم الأول",
        parties="الطرفان",
        parties_text="أُبرمت هذه المذكرة بين <em>الهيئتين</em> الآتيتين "
        "(وفق القانون رقم 12 لسنة 2024):",
        aim="الهدف",
        aim_text="يعمل الطرفان معًا على نشر القراءة للجميع، انظر "
        "<a href='https://www.example.org/aims?a=1&amp;b=2'>الأهداف</a>"
        "، وموقع IFLA.",
        aim_ngos="يوصل الطرفان الكتب إلى من لا كتب لديهم.",
        why="اذكروا اسم الهيئة لا اسم الشخص.",
        watch_out="استخدموا الأسماء الرسمية كما وردت في السجل، لا الأسماء المختصرة، "
        "لأن هذه الأسماء هي التي تبقى بعد تغير الأشخاص.",
        money="الأموال",
        money_text="تُقسم التكاليف ابتداءً من",
    ),
    "zh": Sample(
        title="图书馆与非政府组织谅解备忘录",
        introduction="<p>先商谈，<strong>再落笔</strong>。</p>",
        first="甲方名称",
        second="乙方名称",
        start="生效日期",
        parties="当事方",
        parties_text="本备忘录由下列<em>两个机构</em>订立：",
        aim="宗旨",
        aim_text="双方共同推动全民阅读，详见<a href='https://www.example.org/aims?a=1&amp;b=2'>宗旨说明</a>（IFLA，2024年）。",
        aim_ngos="双方为没有图书的人送去图书。",
        why="写明机构，而不是个人。",
        watch_out="请使用登记的正式名称，不要使用海报上的简称。人员会更换，机构名称不会改变。",
        money="经费",
        money_text="费用分担的起始日期为",
    ),
    "ru": Sample(
        title="Меморандум о взаимопонимании",
        introduction="<p>Сначала поговорите, <strong>затем пишите</strong>.</p>",
        first="Название первой стороны",
        second="Название второй стороны",
        start="Первый день",
        parties="Стороны",
        parties_text="Настоящий меморандум заключён между <em>двумя организациями</em>:",
        aim="Цель",
        aim_text="Стороны продвигают чтение для всех. См. <a href='https://www.example.org/aims?a=1&amp;b=2'>цели</a>.",
        aim_ngos="Стороны несут книги тем, у кого их нет.",
        why="Называйте организации, а не людей.",
        watch_out="Используйте официальные названия.",
        money="Деньги",
        money_text="Расходы делятся начиная с",
    ),
}


def agreement(language: str = "en") -> Agreement:
    """The sample agreement: three clauses, two parties, a list, a table, a link, a heading."""
    sample = SAMPLES[language]
    return Agreement(
        title=sample.title,
        language=language,
        introduction=sample.introduction,
        placeholders=(
            Placeholder(code="first_party", kind="party", label=sample.first, example="A"),
            Placeholder(code="second_party", kind="party", label=sample.second, example="B"),
            Placeholder(code="start", kind="date", label=sample.start, example="2027-03-01"),
        ),
        clauses=(
            Clause(
                code="parties",
                heading=sample.parties,
                text=f"<p>{sample.parties_text}</p>"
                "<ol><li>{first_party}<ul><li>{start}</li></ul></li><li>{second_party}</li></ol>",
                why=f"<p>{sample.why}</p>",
                watch_out=f"<p>{sample.watch_out}</p>",
            ),
            Clause(
                code="aim",
                heading=sample.aim,
                text=f"<p>{sample.aim_text}</p>",
                required=False,
                variants=(Variant(partner_types=("ngos",), text=f"<p>{sample.aim_ngos}</p>"),),
            ),
            Clause(
                code="money",
                heading=sample.money,
                text=f"<p>{sample.money_text} {{start}}.</p><h3>{sample.aim}</h3>"
                f"<table><thead><tr><th>{sample.money}</th><th>{sample.parties}</th></tr></thead>"
                "<tbody><tr><td>100</td><td>{first_party}</td></tr></tbody></table>",
            ),
        ),
        attribution="Collaboration Toolkit",
        licence="CC BY 4.0",
        source_url="https://toolkit.example.org/resources/",
        reviewed=datetime.date(2026, 11, 20),
    )
