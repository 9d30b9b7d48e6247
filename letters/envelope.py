"""The envelope around a signature (CMS): whether every byte of it is as this software writes it.

A signature covers the letter and its own attributes, but neither the envelope nor the room left behind it.
A byte changed there changes nothing that was signed, and no validator minds; yet the file is no longer the
one that was issued. So the envelope is built again from its parts and compared.
"""

from asn1crypto import cms
from pyhanko.sign.validation.pdf_embedded import EmbeddedPdfSignature


def is_as_written(pdf: bytes, signature: EmbeddedPdfSignature) -> bool:
    """Whether the signature's bytes in the file are exactly those that its parts give (level B-B)."""
    _start, before, after, _length = (int(number) for number in signature.byte_range)
    content = bytes(signature.pkcs7_content)
    envelope = _built_again(signature)
    padding = bytes(len(content) - len(envelope)) if len(envelope) <= len(content) else b""
    return content == envelope + padding and pdf[before:after] == b"<" + content.hex().upper().encode() + b">"


def _built_again(signature: EmbeddedPdfSignature) -> bytes:
    """The envelope of one signature, by one certificate, without unsigned attributes."""
    found = signature.signer_info
    certificate = signature.signer_cert
    digest = cms.DigestAlgorithm({"algorithm": signature.md_algorithm})
    signer = cms.SignerInfo(
        {
            "version": "v1",
            "sid": cms.SignerIdentifier(
                name="issuer_and_serial_number",
                value={"issuer": certificate.issuer, "serial_number": certificate.serial_number},
            ),
            "digest_algorithm": digest,
            "signed_attrs": cms.CMSAttributes([attribute.copy() for attribute in found["signed_attrs"]]),
            "signature_algorithm": _algorithm(found["signature_algorithm"]),
            "signature": found["signature"].native,
        }
    )
    certificates = [
        cms.CertificateChoices(name="certificate", value=each)
        for each in (certificate, *signature.other_embedded_certs)
    ]
    envelope = cms.ContentInfo(
        {
            "content_type": "signed_data",
            "content": cms.SignedData(
                {
                    "version": "v1",
                    "digest_algorithms": [digest],
                    "encap_content_info": {"content_type": "data"},
                    "certificates": certificates,
                    "signer_infos": [signer],
                }
            ),
        }
    )
    return bytes(envelope.dump(force=True))


def _algorithm(found: cms.SignedDigestAlgorithm) -> cms.SignedDigestAlgorithm:
    """The same algorithm, its parameters encoded in the one usual way."""
    parts = {name: value for name, value in found.native.items() if value is not None}
    return cms.SignedDigestAlgorithm(parts)
