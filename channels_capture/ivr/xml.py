"""Answers in XML, safely escaped."""

from xml.etree import ElementTree

from channels_capture.base import Answer

_DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>'


def element(
    name: str, *inside: ElementTree.Element, text: str = "", **attributes: str
) -> ElementTree.Element:
    """An element with its attributes, and text or further elements inside."""
    made = ElementTree.Element(name, attributes)
    made.text = text or None
    made.extend(inside)
    return made


def response(*inside: ElementTree.Element) -> Answer:
    """The document that both Twilio and Africa's Talking expect."""
    body = ElementTree.tostring(element("Response", *inside), encoding="unicode")
    return Answer(f"{_DECLARATION}{body}", "text/xml")
