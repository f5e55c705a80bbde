"""What tests of pages share: the request of a browser, and an article full of tricks."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from app.domain.article import Article, Source
from app.domain.entity import EntityType, Role
from app.domain.facts import Facts
from tests.making import FactsOf

BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"

TRICKS = (
    "Chile and Peru signed <script>document.title='taken'</script> a pact &amp; more.\n\n"
    'President \u202eهنية\u202c O’Neill "onmouseover=alert(1) x=" of Peru said <img src=x onerror=alert(2)> it\'d last '
    "</p></div></main><style>body{display:none}</style> &lt;b&gt; {{ 7 * 7 }} ${7*7} \u2066unclosed.\n\n"
    "<!-- nothing --> ]]> <svg/onload=alert(3)> is the end of it."
)
TITLE = "</title><script>document.title='taken'</script> Pact \u202eat sea"
SPEAKER = 'هنية\u202c O’Neill "onmouseover=alert(1) x="'


def tricky() -> tuple[Article, Facts]:
    """An article whose every field is hostile."""
    source = Source("<b>Harbour</b> & News", None, 'https://harbour.example/?a=1&b="><script>')
    article = Article(TRICKS, TITLE, summary="<i>lead</i>", published=date(2025, 3, 4), sources=(source,))
    role = Role("<u>President</u>", None, "PE")
    facts = FactsOf(article).names("Chile", EntityType.COUNTRY, "CL").names("Peru", EntityType.COUNTRY, "PE")
    facts.names(SPEAKER, EntityType.PERSON, "PE", [role])
    facts.entities[-1] = replace(facts.entities[-1], id="haniyeh-oneill")
    facts.says("haniyeh-oneill", SPEAKER, "said", "<img src=x onerror=alert(2)> it'd last")
    facts.commits("signed <script>document.title='taken'</script> a pact", ("chile", "CL"), ("peru", "PE"))
    return article, facts.made()
