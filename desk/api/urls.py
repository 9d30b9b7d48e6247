"""The addresses of the API, version 1, each with who may call it."""

from django.urls import URLPattern, path

from desk.access import for_anybody, for_programs
from desk.api import (
    acts,
    acts_over_many,
    applying,
    authorisations,
    cases,
    checking,
    effects,
    letters,
    messages,
    outcomes,
    procedures,
    registered,
)
from desk.api.specification import served

urlpatterns: list[URLPattern] = [
    path("openapi.json", for_anybody(served), name="api_specification"),
    path("parties", for_anybody(registered.Parties.as_view()), name="api_parties"),
    path("approaches", for_anybody(registered.Approaches.as_view()), name="api_approaches"),
    path("procedures", for_anybody(procedures.Procedures.as_view()), name="api_procedures"),
    path("procedures/<path:version>", for_anybody(procedures.OneProcedure.as_view()), name="api_procedure"),
    path("register", for_anybody(authorisations.Register.as_view()), name="api_register"),
    path(
        "register/<slug:identifier>",
        for_anybody(authorisations.RegisterEntry.as_view()),
        name="api_register_entry",
    ),
    path(
        "letters/<uuid:public_id>/content",
        for_programs(letters.LetterContent.as_view()),
        name="api_letter_content",
    ),
    path("letters/<uuid:public_id>/file", for_programs(letters.LetterFile.as_view()), name="api_letter_file"),
    path("letters/<str:code>", for_anybody(letters.LetterByCode.as_view()), name="api_letter"),
    path("checks/file", for_anybody(checking.CheckOfFile.as_view()), name="api_check_file"),
    path("checks/number", for_anybody(checking.CheckOfNumber.as_view()), name="api_check_number"),
    path("activities", for_programs(registered.Activities.as_view()), name="api_activities"),
    path("activities/<uuid:public_id>", for_programs(registered.OneActivity.as_view()), name="api_activity"),
    path(
        "activities/<uuid:public_id>/issuances",
        for_programs(outcomes.ReportedIssuance.as_view()),
        name="api_issuances",
    ),
    path("entities", for_programs(registered.Entities.as_view()), name="api_entities"),
    path("cases", for_programs(applying.OpenedCases.as_view()), name="api_cases"),
    path("cases/<uuid:public_id>", for_programs(cases.OneCase.as_view()), name="api_case"),
    path("cases/<uuid:public_id>/trail", for_programs(cases.TrailOfCase.as_view()), name="api_trail"),
    path(
        "cases/<uuid:public_id>/application",
        for_programs(applying.WrittenApplication.as_view()),
        name="api_application",
    ),
    path(
        "cases/<uuid:public_id>/documents",
        for_programs(applying.SentDocuments.as_view()),
        name="api_documents",
    ),
    path("cases/<uuid:public_id>/acts/<slug:step>", for_programs(acts.ActOnCase.as_view()), name="api_act"),
    path("authorisations", for_programs(authorisations.Authorisations.as_view()), name="api_authorisations"),
    path(
        "authorisations/<slug:identifier>",
        for_programs(authorisations.OneAuthorisation.as_view()),
        name="api_authorisation",
    ),
    path(
        "authorisations/<slug:identifier>/effects",
        for_programs(effects.PlannedEffect.as_view()),
        name="api_effects",
    ),
    path(
        "authorisations/<slug:identifier>/cases",
        for_programs(effects.OpenedActs.as_view()),
        name="api_open_act",
    ),
    path(
        "authorisations/<slug:identifier>/first-transfers",
        for_programs(outcomes.ReportedFirstTransfer.as_view()),
        name="api_first_transfers",
    ),
    path(
        "authorisations/<slug:identifier>/uses",
        for_programs(outcomes.ReportedUse.as_view()),
        name="api_uses",
    ),
    path(
        "authorisations/<slug:identifier>/cancellations",
        for_programs(outcomes.ReportedCancellation.as_view()),
        name="api_cancellations",
    ),
    path(
        "acts-over-many/effects",
        for_programs(acts_over_many.EffectsOverMany.as_view()),
        name="api_effects_over_many",
    ),
    path("acts-over-many", for_programs(acts_over_many.ActsOverMany.as_view()), name="api_acts_over_many"),
    path(
        "acts-over-many/<uuid:public_id>",
        for_programs(acts_over_many.OneActOverMany.as_view()),
        name="api_act_over_many",
    ),
    path("webhooks/messages", for_programs(messages.Messages.as_view()), name="api_messages"),
    path(
        "webhooks/messages/<uuid:public_id>",
        for_programs(messages.OneMessage.as_view()),
        name="api_message",
    ),
    path(
        "webhooks/messages/<uuid:public_id>/replay",
        for_programs(messages.SentAgain.as_view()),
        name="api_replay",
    ),
]
