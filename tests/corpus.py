"""One corpus of hostile texts. Every place where text leaves the program is attacked with all of them: `tests/test_corpus.py`."""

from __future__ import annotations

CORPUS: dict[str, str] = {
    # Templates: Jinja (folium renders text twice), JavaScript, typst, Python's own format.
    "jinja": "{{1/0}} {% for x in y %} {# rien #}",
    "jinja_import": "{{ cycler.__init__.__globals__.os.popen('touch /tmp/zv-attack').read() }}",
    "javascript_template": "${alert(1)} `${alert(1)}`",
    "typst": '#panic("zv") #read("/etc/passwd") $1/0$ @ref <label> *b* _i_ \\#',
    "format": "{0.__class__} {indicator} %s %(x)s %n",
    # Scripts in a page, an attribute, a picture, an address, a style.
    "script": "<script>document.documentElement.dataset.hit='1'</script>",
    "image": "<img src=zv-attack onerror=\"document.documentElement.dataset.hit='1'\">",
    "attribute": "\" onmouseover=\"alert(1)\" x='' autofocus onfocus=alert(1) '>",
    "closing": "</table></td></title></style></textarea><svg onload=alert(1)>",
    "entity": "&lt;script&gt;alert(1)&lt;/script&gt; &#60;img src=x onerror=alert(1)&#62;",
    "address": "javascript:alert(1)",
    "data_address": "data:text/html;base64,PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg==",
    "xml": "]]> <!DOCTYPE x [<!ENTITY e SYSTEM 'file:///etc/passwd'>]> &e;",
    "markdown": "[lien](javascript:alert(1)) ![x](http://zv-attack) :red[x] `x` $x$ <u>x</u>",
    "vega": "datum.x + window.open('//zv-attack') '); alert(1); //",
    # Formulas.
    "formula": '=HYPERLINK("http://zv-attack","x")',
    "formula_dde": "=cmd|'/C calc'!A0",
    "formula_plus": "+1+1",
    "formula_minus": "-1+1|x",
    "formula_at": "@SUM(1)",
    "formula_tab": "\t=1+1",
    "formula_hidden": "\u200b\ufeff =1+1",
    "formula_wide": "＝1+1",
    "formula_nul": "\x00=1+1",
    # Paths and names of files.
    "path": "../../../../etc/passwd",
    "path_windows": "..\\..\\C:\\Windows\\win.ini",
    "path_absolute": "/etc/passwd",
    "path_reserved": "CON.txt",
    # Headers and lines.
    "header": "x\r\nSet-Cookie: zv=1\r\n\r\n<html>",
    "line": "ligne 1\nERROR fausse ligne\u2028autre\u2029",
    # Characters that cannot be seen, or that turn the rest round.
    "control": "a\x01\x02\x07\x08\x0b\x0c\x1b[31m\x7f\x85b",
    "nul": "avant\x00après",
    "bidirectional": "\u202egnp.exe\u202c \u2066x\u2069 \u200f",
    "invisible": "a\u200b\u200d\u2060\ufeff\u00adb",
    "surrogate": "a\ud800b",
    "long": "é" * 5_000,
    "empty": "",
    "blank": " \u00a0\u202f ",
}
"""Name → text."""
