"""The addresses of endpoints and their messages, and of the keys that sign these."""

from django.urls import URLPattern, path

from desk.access import for_anybody, for_people_signed_in
from desk.webhooks import views

urlpatterns: list[URLPattern] = [
    path("webhooks/keys.json", for_anybody(views.keys), name="webhook_keys"),
    path(
        "service-accounts/<uuid:public_id>/endpoints/",
        for_people_signed_in(views.endpoints),
        name="endpoints",
    ),
    path(
        "service-accounts/<uuid:public_id>/endpoints/open/",
        for_people_signed_in(views.open_endpoint),
        name="open_endpoint",
    ),
    path(
        "authorities/<uuid:public_id>/endpoints/",
        for_people_signed_in(views.endpoints_of_authority),
        name="endpoints_of_authority",
    ),
    # What an authority sends out concerns everybody's cases: who says where to proves who they are.
    path(
        "authorities/<uuid:public_id>/endpoints/open/",
        for_people_signed_in(views.open_endpoint_of_authority),
        name="open_endpoint_of_authority",
    ),
    path(
        "endpoints/<uuid:public_id>/replace/",
        for_people_signed_in(views.replace),
        name="replace_endpoint",
    ),
    path("endpoints/<uuid:public_id>/", for_people_signed_in(views.endpoint), name="endpoint"),
    path("endpoints/<uuid:public_id>/pause/", for_people_signed_in(views.pause), name="pause_endpoint"),
    path("endpoints/<uuid:public_id>/go-on/", for_people_signed_in(views.go_on), name="let_endpoint_go_on"),
    path("endpoints/<uuid:public_id>/end/", for_people_signed_in(views.end), name="end_endpoint"),
    path("messages/<uuid:public_id>/", for_people_signed_in(views.message), name="endpoint_message"),
    path(
        "messages/<uuid:public_id>/again/", for_people_signed_in(views.send_again), name="send_message_again"
    ),
]
