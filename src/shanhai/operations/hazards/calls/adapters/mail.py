# SPDX-License-Identifier: Apache-2.0
"""Mail, by the mail settings of the site: each letter over a connection of its own, which waits only so long."""

from __future__ import annotations

import smtplib

from django.conf import settings
from django.core.mail import EmailMessage, get_connection

from shanhai.operations.hazards.calls.values import Later, Letter, Never, Why


def hand_over(letter: Letter) -> str:
    """Hand the letter to the mail server. Raises Later and Never.

    Its Message-ID stays the same when it is tried again, so that who gets it twice sees it once.
    """
    headers = {"Message-ID": f"<{letter.id}@shanhai>", "Auto-Submitted": "auto-generated", "Importance": "high"}
    try:
        connection = get_connection(timeout=settings.CALLS_TIMEOUT_S)
        EmailMessage(letter.subject, letter.text, None, [letter.to], headers=headers, connection=connection).send()
    except smtplib.SMTPRecipientsRefused as error:
        code = next(iter(error.recipients.values()))[0]
        raise (Never if code >= 500 else Later)(Why.REFUSED, code) from None
    # Whoever may not come in yet, or not as what they are set up as, is mended here, not at the recipient.
    except (smtplib.SMTPConnectError, smtplib.SMTPAuthenticationError, smtplib.SMTPHeloError) as error:
        raise Later(Why.BUSY, error.smtp_code) from None
    except smtplib.SMTPResponseException as error:
        raise (Never if error.smtp_code >= 500 else Later)(Why.REFUSED, error.smtp_code) from None
    except (OSError, smtplib.SMTPException) as error:
        # smtplib says of a server that is silent that it has hung up.
        silent = isinstance(error, TimeoutError) or isinstance(error.__context__, TimeoutError)
        raise Later(Why.TIMED_OUT if silent else Why.NOT_REACHED) from None
    except ValueError:
        raise Never(Why.BAD_ADDRESS) from None
    return ""
