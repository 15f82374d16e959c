r"""Ways to run a script in a page of another publisher, by class, written for these tests.

``JS`` stands for a call that shows the test's server who ran. It has no quotes, no blanks and no
markup, so that it fits wherever a script does.
"""

from typing import NamedTuple

# Requests "/ran/" and a number. Only a running script can build this address.
_CALL = "fetch(String.fromCharCode(47,114,97,110,47)"

_HTML = (
    "<script>JS</script>",
    "<ScRiPt>JS</sCrIpT>",
    "<script >JS</script >",
    "<script/x>JS</script>",
    "<script\n>JS</script\n>",
    "<script src='data:text/javascript,JS'></script>",
    "<script type=module>JS</script>",
    "<script type='text/javascript'>JS</script foo>",
    "<script>/*</p>*/JS</script>",
    "<scr<script>ipt>JS</scr</script>ipt>",
    "<<script>JS//<</script>",
    "<img src=x onerror=JS>",
    "<img src=x oNeRrOr=JS>",
    "<img/src='x'/onerror=JS>",
    "<img src=x\nonerror\n=\nJS>",
    '<img src="x" onerror="JS">',
    "<img src='x'onerror='JS'>",
    "<img src=x onerror=&#102;&#x65;tch(/x/),JS>",
    '<img src=x alt="><b" onerror=JS>',
    "<img src=x onerror=JS//",
    "<img src=x:x onerror=JS alt=(]>",
    "<image src=x onerror=JS>",
    "<svg onload=JS>",
    "<svg/onload=JS>",
    "<svg><script>JS</script></svg>",
    "<svg><script>&#74;S</script><script>JS</script></svg>",
    "<svg><animate onbegin=JS attributeName=x dur=1s>",
    "<svg><set onbegin=JS attributeName=x>",
    "<svg><a xlink:href='javascript:JS'><text x=9 y=9>x</text></a></svg>",
    "<svg><a><animate attributeName=href values='javascript:JS'/><text y=9>x</text></a></svg>",
    "<svg><use href='data:image/svg+xml,<svg id=x onload=JS xmlns=http://www.w3.org/2000/svg/>#x'>",
    "<svg><foreignObject><img src=x onerror=JS></foreignObject></svg>",
    "<svg><style><img src=x onerror=JS></style></svg>",
    "<math><mtext><img src=x onerror=JS></mtext></math>",
    "<math href='javascript:JS'><mi>x</mi></math>",
    "<body onload=JS>",
    "<body onpageshow=JS>",
    "<html onmouseover=JS>",
    "<input autofocus onfocus=JS>",
    "<select autofocus onfocus=JS></select>",
    "<textarea autofocus onfocus=JS></textarea>",
    "<button onclick=JS>x</button>",
    "<p onclick=JS>x</p>",
    "<b onmouseover=JS>x</b>",
    "<i tabindex=1 onfocus=JS>x</i>",
    "<div onpointerenter=JS>x</div>",
    "<div contenteditable onbeforeinput=JS>x</div>",
    "<div style='animation:x 1s' onanimationstart=JS>x</div>",
    "<details open ontoggle=JS>x</details>",
    "<marquee onstart=JS>x</marquee>",
    "<video><source onerror=JS></video>",
    "<video src=x onerror=JS></video>",
    "<audio src=x onerror=JS>",
    "<object data='javascript:JS'></object>",
    "<object onerror=JS data=x></object>",
    "<embed src='javascript:JS'>",
    "<iframe src='javascript:JS'></iframe>",
    "<iframe onload=JS></iframe>",
    "<iframe srcdoc='<script>JS</script>'></iframe>",
    "<iframe srcdoc='&lt;img src=x onerror=JS&gt;'></iframe>",
    "<frameset onload=JS><frame></frameset>",
    "<link rel=stylesheet href=/x.css onerror=JS>",
    "<style onload=JS></style>",
    "<style>@import 'javascript:JS';</style>",
    "<base href='javascript:/JS//'>",
    "<meta http-equiv=refresh content='0;url=javascript:JS'>",
    "<form action='javascript:JS'><button>x</button></form>",
    "<form><button formaction='javascript:JS'>x</button></form>",
    "<form><input type=submit formaction='javascript:JS'></form>",
    "<form id=f></form><button form=f formaction='javascript:JS'>x</button>",
    "<isindex action='javascript:JS' type=submit>",
    "<keygen autofocus onfocus=JS>",
    "<table background='javascript:JS'><tr><td>x</table>",
    "<dialog open onclose=JS><form method=dialog><button>x</button></form></dialog>",
    "<a href='javascript:JS'>x</a>",
    "<a href='JaVaScRiPt:JS'>x</a>",
    "<a href=' javascript:JS'>x</a>",
    "<a href='\x01javascript:JS'>x</a>",
    "<a href='java\tscript:JS'>x</a>",
    "<a href='java\nscript:JS'>x</a>",
    "<a href='java&#10;script:JS'>x</a>",
    "<a href='&#x6A;avascript:JS'>x</a>",
    "<a href='&#0000106avascript:JS'>x</a>",
    "<a href='javascript&colon;JS'>x</a>",
    "<a href='javascript:&sol;&sol;%0aJS'>x</a>",
    "<a href='javascript://x.example/%0AJS'>x</a>",
    "<a href='java&Tab;script:JS'>x</a>",
    "<a target=_self href='javascript:JS'>x</a>",
    "<area href='javascript:JS' shape=default>",
    "<a href='https://a.example/' onclick=JS>x</a>",
    "<a href='https://a.example/' onfocus=JS autofocus>x</a>",
    "<blockquote cite='javascript:JS' onclick=JS>x</blockquote>",
    "<xss onclick=JS tabindex=1>x</xss>",
    "<x-y onfocus=JS tabindex=1 autofocus>x</x-y>",
    "<template><script>JS</script></template><svg onload=JS>",
    "<plaintext onclick=JS>x",
    "<xmp onclick=JS>x</xmp>",
    "<noembed><img src=x onerror=JS></noembed><img src=x onerror=JS>",
    "<?xml version='1.0'?><script xmlns='http://www.w3.org/1999/xhtml'>JS</script>",
    "<![CDATA[<script>JS</script>]]>",
    "<!--><script>JS</script>-->",
    "<!--!><img src=x onerror=JS>-->",
    "<!-- --!><script>JS</script> -->",
    "<!DOCTYPE x [<!ENTITY y '<script>JS</script>'>]><script>JS</script>",
    "</p></div></article></main><script>JS</script>",
    "</body></html><script>JS</script>",
    "\ufeff<script>JS</script>",
    "<img src=x \u2028onerror=JS><svg onload=JS>",
    "<script\x00>JS</script><scr\x00ipt>JS</scr\x00ipt><script>JS</script>",
)
# A parser that reads these and writes them yields text that it reads in another way.
_MUTATION = (
    "<noscript><p title='</noscript><img src=x onerror=JS>'>",
    "<svg></p><style><a id='</style><img src=x onerror=JS>'>",
    "<svg><p><style><g title='</style><img src=x onerror=JS>'>",
    "<math><mtext><table><mglyph><style><!--</style><img title='--><img src=x onerror=JS>'>",
    "<form><math><mtext></form><form><mglyph><style></math><img src=x onerror=JS>",
    "<math><annotation-xml encoding='text/html'><style><img src=x onerror=JS></style>",
    "<math><mi><style><!--</style><img src=x onerror=JS>--></mi></math>",
    "<svg><title><style><img src=x onerror=JS></style></title></svg>",
    "<svg><desc><noscript><img src=x onerror=JS></noscript></desc></svg>",
    "<select><noscript></select><img src=x onerror=JS>",
    "<select><style></select><img src=x onerror=JS>",
    "<textarea><p title='</textarea><img src=x onerror=JS>'>",
    "<title><p title='</title><img src=x onerror=JS>'>",
    "<style><p title='</style><img src=x onerror=JS>'>",
    "<xmp><p title='</xmp><img src=x onerror=JS>'>",
    "<noframes><p title='</noframes><img src=x onerror=JS>'>",
    "<iframe><p title='</iframe><img src=x onerror=JS>'>",
    "<template><p title='</template><img src=x onerror=JS>'><img src=x onerror=JS>",
    "<table><tr><style></table><img src=x onerror=JS>",
    "<p id='`'><img alt='`onerror=JS//' src=x onerror=JS>",
    "<a title='&lt;/a>&lt;script>'><script>JS</script>",
    "<b title='--><img src=x onerror=JS>'>x</b><!-- <b title='--><img src=x onerror=JS>'> -->",
)
_MARKDOWN = (
    "[x](javascript:JS)",
    "[x](JAVASCRIPT:JS)",
    "[x](<javascript:JS>)",
    "[x](<java\tscript:JS>)",
    "[x](javascript&colon;JS)",
    "[x](&#106;avascript:JS)",
    "[x](javascript:JS 'title')",
    "[x][y]\n\n[y]: javascript:JS",
    "[y]\n\n[y]: <javascript:JS>",
    "<javascript:JS>",
    "![<img src=x onerror=JS>](x)<img src=x onerror=JS>",
    "[![x](x)](javascript:JS)",
    "[<img src=x onerror=JS>](https://a.example/)",
    "[x](https://a.example/ '\"><img src=x onerror=JS>')<svg onload=JS>",
    "# <img src=x onerror=JS>",
    "> <img src=x onerror=JS>",
    "- <svg onload=JS>",
    "|a|\n|-|\n|<img src=x onerror=JS>|",
    "`<b>`<img src=x onerror=JS>",
    "```html\n</code></pre>\n```\n<script>JS</script>",
    "    </code></pre>\n\n<script>JS</script>",
    "~~<svg onload=JS>~~",
    "\\<script>JS</script><script>JS</script>",
    "<div>\n\n[x](javascript:JS)\n\n</div>",
    "<a href='\n\n[x](javascript:JS)",
    "<img src=x onerror=JS\n>",
    "*a<img src=x onerror=JS>*",
    "{onclick=JS} x <b {onclick=JS} onclick=JS>x</b>",
)
_ATTRIBUTE = (
    '"><script>JS</script>',
    "'><script>JS</script>",
    '"><img src=x onerror=JS>',
    '" autofocus onfocus=JS x="',
    "' autofocus onfocus=JS x='",
    '" onmouseover=JS "',
    "'onmouseover=JS '",
    '"\tonclick=JS\t"',
    '"/onclick=JS/"',
    '" style="animation:x" onanimationstart="JS',
    "&quot; onclick=JS ><script>JS</script>",
    '"><svg onload=JS>',
    '" onclick="JS" formaction="javascript:JS',
    '"><!--<img title="--><img src=x onerror=JS>',
    "\"'><script>JS</script>",
)
_ADDRESS = (
    "javascript:JS",
    "JavaScript:JS",
    " javascript:JS",
    "java\tscript:JS",
    "\x0bjavascript:JS",
    "javascript://a.example/%0aJS",
    "javascript:/*https://a.example/*/JS",
    "&#106;avascript:JS",
    "feed:javascript:JS",
    "data:text/html,<script>JS</script>",
    "data:text/html;base64,PHNjcmlwdD4xPC9zY3JpcHQ+",
    "data:image/svg+xml,<svg xmlns='http://www.w3.org/2000/svg' onload='JS'/>",
    "vbscript:JS",
    "blob:https://a.example/x",
    "filesystem:https://a.example/x",
    "view-source:javascript:JS",
    "file:///etc/passwd",
    "//a.example/x",
    "https:a.example",
    "https://",
    "https:///x",
    "https://a b.example/",
    'https://a.example"onclick=JS/',
    "https://[::1/",
    "https://a.example:99999/",
    "mailto:a@a.example",
    "about:blank",
    "\\\\a.example\\x",
)
_DATA_BLOCK = (
    "</script><script>JS</script>",
    "</SCRIPT><script>JS</script>",
    "</script ><img src=x onerror=JS>",
    "<!--<script></script><script>JS</script>",
    "\\</script><svg onload=JS>",
    '"}</script><script>JS</script>',
)
_RAW_TEXT = (
    "</title><script>JS</script>",
    "</textarea><script>JS</script>",
    "</style><script>JS</script>",
    "</noscript><img src=x onerror=JS>",
    "--><script>JS</script>",
    "</title></head><body><svg onload=JS>",
    "]]></title><script>JS</script>",
)
# No browser runs these, but a template engine or a terminal might.
_OTHER = (
    "{{ 7 * 7 }}{% for x in y %}",
    "${7*7}#{7*7}<%= 7*7 %>",
    "{{ ''.__class__.__mro__[1].__subclasses__() }}",
    "%s%n{0}{title}",
    "\x1b]0;title\x07\x1b[31mred\x1b[0m\x9b31m",
    "\u202eexe.gnp\u202c\u2066x\u2069",
)

_BODY = "{}"
_CLASSES = {
    "html": (_BODY, _HTML),
    "mutation": (_BODY, _MUTATION),
    "markdown": ("", _MARKDOWN),
    "attribute": ("<input value=\"{0}\"><input value='{0}'>", _ATTRIBUTE),
    "address": ('<a href="{}">x</a>', _ADDRESS),
    "data block": ('<script type="application/ld+json">{{"a": "{}"}}</script>', _DATA_BLOCK),
    "raw text": ("<title>{0}</title><textarea>{0}</textarea><style>{0}</style><!--{0}", _RAW_TEXT),
    "other": (_BODY, _OTHER),
}


class Payload(NamedTuple):
    """One attack: its number, its class, its text, and the page in which it would run.

    The context is empty for Markdown: its reader decides what it becomes.
    """

    number: int
    kind: str
    written: str
    context: str

    @property
    def text(self) -> str:
        return self.written.replace("JS", f"{_CALL}+{self.number})")

    @property
    def name(self) -> str:
        return f"{self.number} {self.kind}"


PAYLOADS = tuple(
    Payload(number, kind, written, context)
    for number, (kind, context, written) in enumerate(
        (kind, context, written)
        for kind, (context, collection) in _CLASSES.items()
        for written in collection
    )
)
