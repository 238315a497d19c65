from django.urls import path

from optins.pages import views

urlpatterns = [path("", views.home, name="home")]
