from django.urls import path

from optins.pages import own, views

urlpatterns = [
    path("", views.home, name="home"),
    path("m/<str:token>/", own.page, name="own_page"),
    path("m/<str:token>/receipt", own.receipt, name="receipt"),
    path("m/<str:token>/receipt.json", own.receipt_json, name="receipt_json"),
]
