from django.apps import AppConfig


class ChannelsCaptureConfig(AppConfig):
    name = "channels_capture"
    verbose_name = "Capture channels"
