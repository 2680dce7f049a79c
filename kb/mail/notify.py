"""GOV.UK Notify as a way to send letters."""

from dataclasses import dataclass
from typing import Any

from notifications_python_client.errors import HTTPError
from notifications_python_client.notifications import NotificationsAPIClient

from kb.mail.types import MailError, Message

TIME_LIMIT_S = 30
TOO_MANY = 429


@dataclass(frozen=True)
class Notify:
    """GOV.UK Notify; its template holds nothing but ((subject)) and ((text))."""

    key: str
    template: str
    address: str

    def send(self, message: Message) -> None:
        try:
            self._client().send_email_notification(
                email_address=message.to,
                template_id=self.template,
                personalisation={"subject": message.subject, "text": message.text},
                reference=message.message_id,
            )
        except HTTPError as error:
            is_final = 400 <= error.status_code < 500 and error.status_code != TOO_MANY
            raise MailError(f"Notify said {error.status_code}.", is_final=is_final) from error

    def was_sent(self, message_id: str) -> bool | None:
        """Without an answer nobody may send it again, so that is an error."""
        try:
            found = self._client().get_all_notifications(reference=message_id)
        except HTTPError as error:
            raise MailError(f"Notify said {error.status_code}.") from error
        return bool(found["notifications"])

    def _client(self) -> Any:  # the library has no types
        make: Any = NotificationsAPIClient
        return make(self.key, base_url=self.address, timeout=TIME_LIMIT_S)
