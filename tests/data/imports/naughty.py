"""Strings that break naive readers, of the categories of the Big List of Naughty Strings (Max Woolf, MIT licence,
https://github.com/minimaxir/big-list-of-naughty-strings); the strings themselves are our own. A text column must give each back unchanged.
"""

from __future__ import annotations

RESERVED = [
    "undefined",
    "undef",
    "null",
    "NULL",
    "(null)",
    "nil",
    "NIL",
    "true",
    "false",
    "True",
    "FAUX",
    "None",
    "NaN",
    "NA",
    "hasOwnProperty",
    "then",
    "\\",
    "\\\\",
]
NUMERIC = [
    "0", "1", "1.00", "$1.00", "1/2", "1E2", "1E02", "1E+02", "-1", "-1.00", "-1/2", "0/0", "-0", "+0.0", "0.0", "0,0",
    "0.0.0", "--1", "-",
    "-.", "-,", "999999999999999999999999999999999999999999", "Infinity", "-Infinity", "INF", "1#INF", "-1#IND", "0x0", "0xffffffff",
    "0b101", "1e400", "01000", "08", "09", "2.2250738585072011e-308", "1 234", "1\u00a0234", "1\u202f234", "1.234.567,89",
    "٠١٢", "½", "²", "Ⅷ",
]  # fmt: skip
PUNCTUATION = [
    ",./;'[]\\-=",
    '<>?:"{}|_+',
    "!@#$%^&*()`~",
    ";",
    ",",
    "|",
    ";;",
    ",,,",
    "a;b,c|d",
    "«\u00a0»",
    "“”‘’",
    "…",
    "\u2014",
    "#",
    "##titre",
]
CONTROLS = [
    "\x01\x02\x03\x04\x05\x06\x07\x08\x0e\x0f\x10\x11\x12\x13\x14\x15\x16\x17\x18\x19\x1a\x1b\x1c\x1d\x1e\x1f\x7f",
    "\x80\x81\x82\x83\x84\x86\x87\x88\x89\x8d\x8f\x90\x9d\x9f", "\x0b", "\x0c", "\x85", "\x1b[31mrouge\x1b[0m", "a\tb", "\t",
]  # fmt: skip
BLANKS = [
    " ", "  ", "\u00a0", "\u1680", "\u2000\u2001\u2002\u2003", "\u2028", "\u2029", "\u202f", "\u205f", "\u3000", "\u200b",
    "\u200c\u200d", "\u2060",
    "\u00ad", "\ufeff", "a\ufeffb", " devant", "derrière ", "\u00a0entre\u00a0", "a\u2028b", "a\x85b",
]  # fmt: skip
LETTERS = [
    "Ω≈ç√∫˜µ≤≥÷", "åß∂ƒ©˙∆˚¬…æ", "œ∑´®†¥¨ˆøπ“‘", "ÅÍÎÏ˝ÓÔ\uf8ffÒÚÆ☃", "ЁЂЃЄЅІЇЈЉЊЋЌЍЎЏА", "⁰⁴⁵₀₁₂", "田中さんにあげて下さい",
    "社會科學院", "사회과학원",
    "𠜎𠜱𠝹𠱓", "表ポあA鷗", "Le Mêle-sur-Sarthe", "L’Orée-d’Écouves", "Ⱥ", "İstanbul", "ẞ", "ﬁn", "é", "e\u0301", "Ã©", "MÃªle",
    "\ufffd", "\uffff", "\ufffe", "\ue000",
]  # fmt: skip
DIRECTION = [
    "ثم نفس سقطت",
    "בְּרֵאשִׁית",
    "\u202atest\u202a",
    "\u202btest\u202b",
    "\u2066test\u2067",
    "\u202eTXT.exe",
    "\u202bعربي;عربي",
    "᚛ᚄᚓᚐᚋᚒᚄ᚜",
]
EMOJI = ["😍", "👩🏽", "👨‍👩‍👧‍👦", "🇫🇷", "0️⃣ 1️⃣", "❤️", "(｡◕ ∀ ◕｡)", "(╯°□°）╯︵ ┻━┻", "Z̮̞̠͙͔ͅḀ̗̞͈̻̗Ḷ͙͎̯̹̞͓G̻O̭̗̮"]
QUOTES = [
    "'",
    '"',
    "''",
    '""',
    "'\"'",
    "\"''''\"'\"",
    "\"'\"'\"''''\"",
    '"a";"b"',
    "l'eau",
    "d''eau",
    'dit "oui"',
    '"',
    "`",
    "\\'",
    '\\"',
    '"""',
]
INJECTION = [
    "<script>alert(1)</script>", "&lt;script&gt;", "<img src=x onerror=alert(1)>", "javascript:alert(1)",
    "'; DROP TABLE members; --", "1;DROP TABLE x",
    "{{ 7 * 7 }}", "{% raw %}", "${7*7}", "$(touch /tmp/x)", "`ls`", "|| dir", "%s%s%n", "%d", "../../etc/passwd",
    "C:\\con\\nul", "file:///etc/passwd",
    "=1+1", "=cmd|' /C calc'!A0", "@SUM(1)", "+33 6 12 34 56 78", "-2+3", "=HYPERLINK(\"http://x\")", "#REF!", "#N/A",
    "http://a/%%30%30", "CON", "NUL", "\r\nSet-Cookie: a=b",
]  # fmt: skip
LINES = ["deux\nlignes", "trois\r\nlignes\r\nici", "\n", "a\rb", "fin\n", "\ndébut"]
LONG = ["x" * 5_000, "Le Mêle " * 2_000, "𠜎" * 1_000]

TEXT = [
    *RESERVED,
    *NUMERIC,
    *PUNCTUATION,
    *BLANKS,
    *LETTERS,
    *DIRECTION,
    *EMOJI,
    *QUOTES,
    *INJECTION,
    *LINES,
    *LONG,
    *CONTROLS,
]
"""Every string, NUL apart: no text file may hold one."""
