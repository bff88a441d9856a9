# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

from django.http import FileResponse
from django.views.decorators.http import require_safe

from shanhai.base.accounts.selectors import Request
from shanhai.kernel import ids
from shanhai.registers.documents.selectors import documents
from shanhai.registers.documents.values import MEDIA_TYPES


@require_safe
def download(request: Request, uuid: str) -> FileResponse:
    """The file itself, always as an attachment: nothing people upload is ever shown as a page of ours."""
    opened = documents.open_document(viewer=request.viewer, uuid=ids.parse_id(uuid))
    return FileResponse(opened.content, as_attachment=True, filename=opened.name, content_type=MEDIA_TYPES[opened.kind])
