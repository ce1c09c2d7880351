"""Fetch documents from a FHIR R4 server that holds them as Binary.

Decides nothing about who may open one. Follows FHIR R4, Binary (read).
"""

from adapters.binaries import document_in, path_of
from adapters.contract import Outcome, Reason
from adapters.document_contract import DocumentAnswer, DocumentRequest
from adapters.source_client import SourceClient


class FhirDocuments:
    """The documents of one server."""

    def __init__(self, client: SourceClient) -> None:
        self._client = client

    def holds(self, address: str) -> bool:
        """Say whether an attachment's address names a document of this very source."""
        return path_of(address, self._client.config.base_url) is not None

    async def open_document(self, request: DocumentRequest) -> DocumentAnswer:
        """Fetch one document; every failure is an outcome, only cancellation is raised."""
        base_url = self._client.config.base_url
        path = path_of(request.address, base_url)
        if path is None:
            return DocumentAnswer(Outcome.REFUSED, Reason.NOT_FOUND)
        headers = {
            # As a resource it says whose it is; a server that has only the document gives that.
            "Accept": "application/fhir+json, */*;q=0.5",
            "X-Correlation-ID": str(request.trace_id),
        }
        async with self._client.asking() as asking:
            found = await asking.get(self._client.endpoint.url_of(path), headers)
            return document_in(found, path, base_url)
