"""Types of supporting documents: a code, and a name in each language. A procedure may add its own."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.utils.translation import get_language

from accounts.names import in_language
from authorisation.procedures import procedure
from authorisation.required_documents import document_rules


@dataclass(frozen=True, kw_only=True)
class DocumentType:
    """A type of document. `needs_title`: several of it in one case are told apart by their titles."""

    code: str
    names: Mapping[str, str]
    needs_title: bool = False

    def name(self, language: str | None = None) -> str:
        """Its name in that language, or in the language of the page."""
        return in_language(self.names, language or get_language() or "en")


# The scan of an application that was made on paper.
PAPER = "paper-application"
# Whatever has no type of its own.
OTHER = "other"
# What shows that a fee was paid.
PROOF_OF_PAYMENT = "proof-of-payment"
# What shows that a condition or an obligation was met.
EVIDENCE = "evidence-of-obligation"

_BUILT_IN: tuple[DocumentType, ...] = (
    DocumentType(
        code="activity-design",
        names={
            "en": "Activity design document",
            "fr": "Descriptif de l’activité",
            "es": "Documento de diseño de la actividad",
            "pt": "Documento de concepção da atividade",
        },
    ),
    DocumentType(
        code="proof-of-registration",
        names={
            "en": "Proof of registration of the organisation",
            "fr": "Justificatif d’immatriculation de l’organisation",
            "es": "Prueba de registro de la organización",
            "pt": "Comprovativo de registo da organização",
        },
    ),
    DocumentType(
        code="mandate",
        names={
            "en": "Mandate or power of attorney",
            "fr": "Mandat ou procuration",
            "es": "Mandato o poder",
            "pt": "Mandato ou procuração",
        },
    ),
    DocumentType(
        code="consultation",
        names={
            "en": "Report on the consultation of stakeholders",
            "fr": "Rapport de consultation des parties prenantes",
            "es": "Informe de la consulta a las partes interesadas",
            "pt": "Relatório da consulta às partes interessadas",
        },
    ),
    DocumentType(
        code="safeguards",
        names={
            "en": "Environmental and social assessment",
            "fr": "Évaluation environnementale et sociale",
            "es": "Evaluación ambiental y social",
            "pt": "Avaliação ambiental e social",
        },
    ),
    DocumentType(
        code="rights",
        names={
            "en": "Proof of rights to land, site or mitigation outcomes",
            "fr": "Justificatif des droits sur le terrain, le site ou les résultats d’atténuation",
            "es": "Prueba de derechos sobre la tierra, el sitio o los resultados de mitigación",
            "pt": "Comprovativo de direitos sobre a terra, o local ou os resultados de mitigação",
        },
    ),
    DocumentType(
        code="validation-report",
        names={
            "en": "Validation report",
            "fr": "Rapport de validation",
            "es": "Informe de validación",
            "pt": "Relatório de validação",
        },
    ),
    DocumentType(
        code="monitoring-report",
        names={
            "en": "Monitoring report",
            "fr": "Rapport de suivi",
            "es": "Informe de seguimiento",
            "pt": "Relatório de monitorização",
        },
    ),
    DocumentType(
        code="verification-report",
        names={
            "en": "Verification report",
            "fr": "Rapport de vérification",
            "es": "Informe de verificación",
            "pt": "Relatório de verificação",
        },
    ),
    DocumentType(
        code=PROOF_OF_PAYMENT,
        names={
            "en": "Proof of payment",
            "fr": "Preuve de paiement",
            "es": "Comprobante de pago",
            "pt": "Comprovativo de pagamento",
        },
    ),
    DocumentType(
        code=EVIDENCE,
        names={
            "en": "Evidence of a condition or an obligation",
            "fr": "Justificatif d’une condition ou d’une obligation",
            "es": "Prueba de una condición o de una obligación",
            "pt": "Comprovativo de uma condição ou de uma obrigação",
        },
        needs_title=True,
    ),
    DocumentType(
        code=PAPER,
        names={
            "en": "Application made on paper (scan)",
            "fr": "Demande faite sur papier (copie numérisée)",
            "es": "Solicitud en papel (copia escaneada)",
            "pt": "Pedido em papel (cópia digitalizada)",
        },
    ),
    DocumentType(
        code=OTHER,
        names={
            "en": "Another document",
            "fr": "Autre document",
            "es": "Otro documento",
            "pt": "Outro documento",
        },
        needs_title=True,
    ),
)


def document_types(procedure_version: str) -> Mapping[str, DocumentType]:
    """The types of documents under a version of a procedure, by code: its own first, then those of all."""
    own = {
        rule.type: DocumentType(code=rule.type, names=rule.name)
        for rule in document_rules(procedure(procedure_version))
    }
    return {**own, **{known.code: known for known in _BUILT_IN if known.code not in own}}


def name_of_type(code: str, procedure_version: str, language: str | None = None) -> str:
    """The name of a type; its code where the procedure does not know it."""
    known = document_types(procedure_version).get(code)
    return known.name(language) if known is not None else code


def offered_to_applicants(types: Iterable[DocumentType]) -> list[DocumentType]:
    """The types that an applicant may send: no scan of a paper, nor what is handed in after the grant."""
    return [known for known in types if known.code not in (PAPER, EVIDENCE)]
