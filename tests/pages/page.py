"""The hosted page as a reader of it has it: its elements, and how it is shown and sent."""

from datetime import timedelta
from html.parser import HTMLParser

from django.utils import timezone

from channels_capture.website import tokens
from optins.consent import wording

BOTH = ["appointment-reminders", "health-tips"]
EMPTY = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "wbr"}


class Element:
    def __init__(self, name, attributes, parents):
        self.name, self.attributes, self.parents = name, attributes, parents
        self.text = ""

    def __getitem__(self, attribute):
        return self.attributes.get(attribute)


class Page(HTMLParser):
    """A page as a list of its elements, each with its attributes and its text."""

    def __init__(self, response):
        super().__init__()
        self.elements: list[Element] = []
        self._open: list[Element] = []
        self.feed(response.content.decode())
        assert self._open == []

    def handle_starttag(self, name, attributes):
        element = Element(name, dict(attributes), list(self._open))
        self.elements.append(element)
        if name not in EMPTY:
            self._open.append(element)

    def handle_startendtag(self, name, attributes):
        self.elements.append(Element(name, dict(attributes), list(self._open)))

    def handle_endtag(self, name):
        assert self._open.pop().name == name

    def handle_data(self, data):
        for element in self._open:
            element.text += data

    def all(self, tag="", /, **attributes):
        return [
            e
            for e in self.elements
            if tag in ("", e.name) and all(e[key] == value for key, value in attributes.items())
        ]

    def one(self, tag="", /, **attributes):
        (found,) = self.all(tag, **attributes)
        return found

    def fields(self):
        return [e for e in self.all() if e.name in {"input", "select"} and e["type"] != "hidden"]

    def labels(self, field):
        around = [e for e in field.parents if e.name == "label"]
        return around + [e for e in self.all("label") if e["for"] and e["for"] == field["id"]]

    def described(self, element):
        """The texts that a screen reader adds to an element."""
        return [words(self.one(id=name)) for name in (element["aria-describedby"] or "").split()]


def words(element):
    return " ".join(element.text.split())


def show(clinic, query="", *, channel=None, **headers):
    return clinic.client.get(f"/c/{(channel or clinic.web).slug}/{query}", headers=headers)


def send(clinic, query="", *, channel=None, headers=None, language="en", age=10, **fields):
    """Post the page as somebody who was shown it ``age`` seconds ago."""
    channel = channel or clinic.web
    shown = wording.translation(channel.notice, language)
    then = timezone.now() - timedelta(seconds=age)
    fields = {"token": tokens.make(channel, shown, "", then), "website": "", "country": "ZA"} | fields
    return clinic.client.post(f"/c/{channel.slug}/{query}", fields, headers=headers)


def answer(clinic, language="en", **fields):
    fields = {"purposes": BOTH, "phone": "082 000 0101"} | fields
    response = send(clinic, f"?lang={language}", language=language, **fields)
    assert response.status_code == 200
    return response


def error_state(clinic, language="en"):
    response = send(clinic, f"?lang={language}", phone="12", language=language)
    assert response.status_code == 422
    return response


def page_itself(clinic, language="en"):
    return show(clinic, f"?lang={language}")
