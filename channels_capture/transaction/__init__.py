"""A yes given while buying or booking: the shop's own checkout reports it by the API, with the order.

The box is unticked and the order goes through without it. What is reported counts, where a purpose has to be
confirmed, once the person sends the code that the API hands back: see docs/checkout.md.
"""

from channels_capture.base import Kind

KIND = Kind(label="Transaction")
