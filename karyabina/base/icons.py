"""Own drawings: small signs (24 × 24, one line weight) and the three kinds of goods (64 × 64).

Signs take the colour of the text around them. The kinds are drawn with the cloth's dyes, which
the style sheet gives to the classes `i-a` (indigo), `i-b` (mengkudu), `i-c` (kunyit), `i-d` (leaf)
and `i-e` (cotton).
"""

SIGNS: dict[str, str] = {
    "plus": '<path d="M12 5v14M5 12h14"/>',
    "minus": '<path d="M5 12h14"/>',
    "check": '<path d="m5 12.5 4.5 4.5L19 7.5"/>',
    "warn": '<path d="M12 3.5 22 20H2zM12 10v4.5M12 17.2v.3"/>',
    "wrong": '<path d="m8 3h8l5 5v8l-5 5H8l-5-5V8zM9 9l6 6M15 9l-6 6"/>',
    "info": '<path d="M12 3 21 12l-9 9-9-9zM12 11v5M12 8v.3"/>',
    "wait": '<path d="M7 3h10M7 21h10M8 3v3.5l4 5.5 4-5.5V3M8 21v-3.5l4-5.5 4 5.5V21"/>',
    "close": '<path d="m6 6 12 12M18 6 6 18"/>',
    "arrow": '<path d="M4 12h15M13 6l6 6-6 6"/>',
    "back": '<path d="M20 12H5M11 6l-6 6 6 6"/>',
    "down": '<path d="m6 9 6 6 6-6"/>',
    "print": '<path d="M7 8V3h10v5M7 17H3V9.5L4.5 8h15L21 9.5V17h-4M7 14h10v7H7z"/>',
    "search": '<path d="m15.5 15.5 5.5 5.5M10.5 4l4.600 1.900 1.900 4.600-1.900 4.600'
    '-4.600 1.900-4.600-1.900L4 10.5l1.900-4.600z"/>',
    "menu": '<path d="M4 7h16M4 12h16M4 17h16"/>',
    "user": '<path d="m12 3 4.5 4.5L12 12 7.5 7.5zM4 21v-2.5L8 15h8l4 3.5V21"/>',
    "out": '<path d="M10 4H4v16h6M10 12h11M16 7l5 5-5 5"/>',
    "cash": '<path d="M2.5 6.5h19v11h-19zM12 9l3 3-3 3-3-3zM5.5 12h.3M18.200 12h.3"/>',
    "qr": '<path d="M4 4h6v6H4zM14 4h6v6h-6zM4 14h6v6H4zM14 14h2.5v2.5M20 14v6M14 20h3"/>',
    "box": '<path d="M3.5 8 12 3.5 20.5 8v9L12 21.5 3.5 17zM3.5 8 12 12.5 20.5 8M12 12.5v9"/>',
    "truck": '<path d="M2 6h11v11H2zM13 10h4.5L22 13.5V17h-9M5 17v2.5h3V17M16 17v2.5h3V17"/>',
    "scales": '<path d="M12 4v16M7 20h10M5 7.5h14M5 7.5 2.5 14h5zM19 7.5 16.5 14h5z"/>',
    "undo": '<path d="M8 4 3.5 8.5 8 13M3.5 8.5H15l5 4.5-5 5H9"/>',
    "file": '<path d="M5.5 3H14l4.5 4.5V21h-13zM14 3v4.5h4.5M8.5 12h7M8.5 16h7"/>',
    "light": '<path d="m12 8 4 4-4 4-4-4zM12 2.5V5M12 19v2.5M2.5 12H5M19 12h2.5"/>',
    "dark": '<path d="M10 3.5 6.5 5 3.5 9v6l4.5 5.5h7l5-4.5-7-2-3.5-4.5z"/>',
}

# A plaited basket; a jar with a woven label; a cob of maize, the grain of these islands.
KINDS: dict[str, str] = {
    "kerajinan": '<path class="i-l" d="M14 30C14 10 50 10 50 30"/>'
    '<path class="i-b" d="M8 28h48v6H8z"/><path class="i-a" d="M11 34h42l-5 24H16z"/>'
    '<path class="i-e" d="M17 37h6v4h-6zM29 37h6v4h-6zM41 37h6v4h-6zM23 42h6v4h-6zM35 42h6v4h-6z'
    'M18 47h5v4h-5zM29 47h6v4h-6zM41 47h5v4h-5zM23 52h6v3h-6zM35 52h6v3h-6z"/>'
    '<path class="i-c" d="M11 30h4v2h-4zM19 30h4v2h-4zM27 30h4v2h-4zM35 30h4v2h-4zM43 30h4v2h-4z'
    'M51 30h2v2h-2z"/>',
    "makanan": '<path class="i-b" d="M18 6h28v9H18z"/><path class="i-e" d="M20 15h24v4H20z"/>'
    '<path class="i-c" d="M16 19h32l4 5v30l-4 5H16l-4-5V24z"/>'
    '<path class="i-e" d="M12 30h40v20H12z"/>'
    '<path class="i-a" d="m32 32 8 8-8 8-8-8zM18 36l4 4-4 4-4-4zM46 36l4 4-4 4-4-4z"/>'
    '<path class="i-b" d="m32 37 3 3-3 3-3-3z"/><path class="i-c" d="M21 9h3v3h-3zM30.5 9h3v3h-3z'
    'M40 9h3v3h-3z"/>',
    "pertanian": '<path class="i-c" d="m32 4 8 6 3 10v22l-5 12h-12l-5-12V20l3-10z"/>'
    '<path class="i-b" d="M25 14h4v3h-4zM35 14h4v3h-4zM30 20h4v3h-4zM24 26h4v3h-4zM36 26h4v3h-4z'
    'M30 32h4v3h-4zM24 38h4v3h-4zM36 38h4v3h-4zM30 44h4v3h-4zM30 9h4v3h-4z"/>'
    '<path class="i-d" d="M29 60C16 58 9 46 10 24c6 6 12 12 14 20s4 12 8 16z"/>'
    '<path class="i-d" d="M35 60c13-2 20-14 19-36-6 6-12 12-14 20s-4 12-8 16z"/>'
    '<path class="i-l" d="M30 59C20 52 15 42 13 31M34 59c10-7 15-17 17-28"/>',
}
