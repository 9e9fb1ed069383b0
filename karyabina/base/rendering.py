"""How forms are drawn: label above, help below, errors beside the field and listed on top.

Forms and widgets are drawn by our own engine, so that the templates under `base/forms/` see the
house's tags (`icon`, `rupiah`, …) as every other template does.
"""

from pathlib import Path

import django.forms
from django.forms.renderers import BaseRenderer
from django.template.backends.django import DjangoTemplates, Template
from django.utils.functional import cached_property


class FormRenderer(BaseRenderer):
    form_template_name = "base/forms/form.html"
    formset_template_name = "base/forms/formset.html"
    field_template_name = "base/forms/field.html"

    @cached_property
    def engine(self) -> DjangoTemplates:
        return DjangoTemplates(
            {
                "NAME": "forms",
                "APP_DIRS": True,
                "DIRS": [Path(django.forms.__file__).parent / "templates"],
                "OPTIONS": {"builtins": ["karyabina.base.templatetags.base"]},
            }
        )

    def get_template(self, template_name: str) -> Template:
        return self.engine.get_template(template_name)
