"""The staff's portal: its pages are found by what staff do, not by the tables behind them."""

from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.contrib.admin import AdminSite
from django.http import HttpRequest, HttpResponseRedirect
from django.urls import reverse
from django.utils.text import capfirst

from optins.admin import account

# What staff do, in the order of the navigation. A ModelAdmin names its own: section = "people".
SECTIONS = {
    "people": "People",
    "channels": "Channels",
    "wording": "Wording",
    "sending": "Sending",
    "review": "Review",
    "settings": "Settings",
}


@dataclass(frozen=True, slots=True)
class Screen:
    """One entry of the navigation."""

    label: str
    url: str
    is_current: bool


@dataclass(frozen=True, slots=True)
class Section:
    """What staff do in one place, with the screens for it that the user may see."""

    key: str
    label: str
    is_current: bool
    screens: list[Screen]

    @property
    def url(self) -> str:
        return self.screens[0].url


class SaysoAdminSite(AdminSite):
    """The staff's portal. A ModelAdmin says where it belongs and what it is for:

    ``section``: a key of SECTIONS. ``help``: one sentence, shown under the heading.
    ``label``: its name in the navigation, if not the model's. ``place``: earlier entries have lower ones.
    ``empty``: one sentence for a list with nothing in it.
    """

    site_header = "Sayso"
    site_title = "Sayso"
    index_title = "Home"
    enable_nav_sidebar = False

    def get_urls(self) -> list[Any]:
        return [*account.urls(self), *super().get_urls()]

    def each_context(self, request: HttpRequest) -> dict[str, Any]:
        sections = self.sections(request)
        screen = self.screen_of(request)
        return super().each_context(request) | {
            "sections": sections,
            "section": next((section for section in sections if section.is_current), None),
            "screen": screen,
            "screen_label": label_of(screen) if screen else "",
        }

    def screen_of(self, request: HttpRequest) -> Any:
        """The ModelAdmin to which the address belongs: /admin/<app>/<model>/ and all below it."""
        parts = request.path.removeprefix(reverse("admin:index", current_app=self.name)).split("/")
        try:
            return self._registry.get(apps.get_model(parts[0], parts[1])) if len(parts) > 2 else None
        except LookupError:
            return None

    def sections(self, request: HttpRequest) -> list[Section]:
        """What the user may see, in the order of SECTIONS; a section without a screen is left out."""
        current = self.screen_of(request)
        found: dict[str, list[Screen]] = {key: [] for key in SECTIONS}
        for admin, url in self._open_to(request):
            screen = Screen(label_of(admin), url, admin is current)
            found[getattr(admin, "section", "settings")].append(screen)
        here = getattr(current, "section", None)
        return [Section(key, SECTIONS[key], key == here, rows) for key, rows in found.items() if rows]

    def _open_to(self, request: HttpRequest) -> list[tuple[Any, str]]:
        rows = [model for app in self._build_app_dict(request).values() for model in app["models"]]
        seen = [(self._registry[row["model"]], row["admin_url"]) for row in rows if row["admin_url"]]
        return sorted(seen, key=lambda pair: getattr(pair[0], "place", 50))

    def index(self, request: HttpRequest, extra_context: Any = None) -> Any:
        """The home page."""
        from optins.admin import home  # models are not there yet when the site is made

        return super().index(request, home.context(self, request) | (extra_context or {}))

    def app_index(self, request: HttpRequest, app_label: str, extra_context: Any = None) -> Any:
        """There is no page of one Django app: staff do not know them."""
        return HttpResponseRedirect(reverse("admin:index", current_app=self.name))


def label_of(screen: Any) -> str:
    """The name of a screen in the navigation and over its list."""
    return str(getattr(screen, "label", "") or capfirst(screen.opts.verbose_name_plural))
