"""What is said of messages that did not arrive: why, and what a person can do about it."""

from bot.domain.delivery import Gone

# One for every reason: a test holds them together.
REMEDIES = {
    Gone.NO_ADDRESS: "Nobody has this address. Call them; then link their account again.",
    Gone.BLOCKED: "They have blocked the bot. Call them, and ask them to unblock it.",
    Gone.UNINSTALLED: "The bot is not installed for them. Call them; an administrator can install it for everybody.",
    Gone.LEFT: "Their account is closed. Call them; then link the account that they use now.",
    Gone.NO_ROOM: "The channel is gone, archived or closed to the bot. Add the bot to it, or name another.",
    Gone.NOT_ALLOWED: "The workspace does not let the bot write there. An administrator can allow it.",
    Gone.REFUSED: "The platform refused the message itself. Tell them by phone; the log has the platform's word.",
    Gone.UNWRITABLE: "The bot could not write the message. Tell them by phone; the log says why.",
}


def remedy(reason: Gone) -> str:
    """Return what can be done about an address that takes no messages."""
    return REMEDIES[reason]
