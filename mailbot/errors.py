"""The errors mailbot raises. Each message is one line for a person and says what to do."""


class MailbotError(Exception):
    """The work failed; the message says why and what to do (exit code 1)."""


class ConfigurationError(MailbotError):
    """The configuration or the command line is wrong; the message names the key (exit code 2)."""


class ReviewError(MailbotError):
    """The review cannot be resolved as asked."""
