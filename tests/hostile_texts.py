"""Texts that break programs, a few of each kind. Only tests import this.

Each was written for this site; what it is meant to break stands beside it.
"""

from __future__ import annotations

from hypothesis import strategies as st

#: What each tries, and the text.
TEXTS = {
    "a marked section, on which the standard library's parser raises": "Before <![> after",
    "the same, with a name": "<![if x]>a<![endif]>",
    "more openings than Django's strip_tags stands": "<" * 60,
    "a declaration that never ends": "a <!doctype",
    "a comment that never ends": "a <!-- b",
    "a tag that never ends": "a <b title='",
    "a reference to a page without its number": '<a linktype="page">x</a>',
    "a reference to a file whose number is none": '<a linktype="document" id="x">x</a>',
    "a number that no database holds": f'<a linktype="page" id="{"9" * 400}">x</a>',
    "an unknown reference": '<a linktype="nothing" id="1">x</a>',
    "half a picture": '<p>a <embed embedtype="image" id="1"> b</p>',
    "a film": '<p>a <embed embedtype="media" url="https://x.example/"/> b</p>',
    "a line break in a heading": "<h3>a<br>b</h3>",
    "an item of no list": "<li>a</li>",
    "a paragraph in bold": "<b><p>a</p></b>",
    "a list in a link": '<a href="/"><ul><li>a</li></ul></a>',
    "ends in the wrong order": "<p><b>a<i>b</b>c</i></p>",
    "text between rows": "<table>a<tr>b<td>c</table>d",
    "a table in a table": "<table><tr><td><table><tr><th>a</table></table>",
    "a script": "<script>window.__ran=1</script>",
    "a picture that runs something": "<img src=x onerror=window.__ran=2>",
    "a drawing that runs something": '"><svg onload=window.__ran=3>',
    "a link that runs something": '<a href="java&#9;script:window.__ran=4">x</a>',
    "a template": "{{ 7*7 }}{% debug %}{first_party}{__class__}%(x)s%s{0}",
    "the end of a block of data": "</script></style></title></textarea>]]>-->",
    "no address": "http://[",
    "control characters": "a\x00b\x01c\x0bd\x1be\x7ff\ufffe",
    "half of a surrogate pair": "a\ud800b",
    "directions": "\u202ea\u202c\u2067b\u2069\u200f",
    "references to characters that are none": "&#0;&#1;&#xD800;&#x110000;&#9999999999;&amp",
    "combining marks": "a" + "\u0301" * 50,
    "line ends": "a\r\nb\rc\u2028d\u2029e\x85f",
    "nothing to see": "\u200b\u2060\ufeff",
    "no letter": "★!!!📚",
    "wide characters": "👩🏽‍🚀图كتاب",
    "a path": "../../../etc/passwd",
    "a pattern": "(a+)+$ [z-a] \\",
    "a question to a database": "' OR 1=1; DROP TABLE x; -- %_",
    "a word without an end": "w" * 300,
}

_NAMES = (
    *("a", "b", "i", "p", "h2", "h3", "ul", "ol", "li", "blockquote", "table", "tr", "td", "th"),
    *("br", "hr", "embed", "q", "pre", "dl", "dd", "div", "script", "svg", "iframe", "img", "x-y"),
)
_ATTRIBUTES = (
    *("", "", "", ' href="x"', ' linktype="page" id="7"', ' linktype="document"', " title='>'"),
    *(' embedtype="image" id="7" format="left"', " embedtype=image", ' class="note"', " a a a"),
)
_PIECES = (
    *("x", " ", "&amp;", "&", "<", ">", '"', "<!", "<!--", "-->", "<![", "<?", "</", "<a", "='"),
    *("\n", "é", "\x00", "文"),
)

#: Soups of tags, ends without beginnings, and pieces of both.
soups = st.lists(
    st.one_of(
        st.builds("<{}{}>".format, st.sampled_from(_NAMES), st.sampled_from(_ATTRIBUTES)),
        st.builds("</{}>".format, st.sampled_from(_NAMES)),
        st.sampled_from(_PIECES),
        st.sampled_from([*TEXTS.values()]),
    ),
    max_size=25,
).map("".join)
