"""What every page uses and none changes, made ready once when the warm parent imports this: templates, wording, numbers.

Compiling the templates again in each kernel takes as long as filling them.
"""

from babel.numbers import format_decimal

from mande.reporting.fragments import TEMPLATES, template
from mande.reporting.wording import LANGUAGES, catalogue

catalogue()
for _path in sorted((TEMPLATES / "fragments").glob("*.j2")):
    template(f"fragments/{_path.name}")
for _lang in LANGUAGES:
    format_decimal(0.5, locale=_lang)
