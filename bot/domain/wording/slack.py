"""What a person can do when Slack refuses the whole installation, by Slack's own word for it."""

from collections.abc import Mapping

TOO_FAR = "too_far_back"  # ours: so much was written since that the message is not found any more
INSTALLATION: Mapping[str, str] = {
    "not_authed": "No token was sent. Set SLACK_BOT_TOKEN.",
    "invalid_auth": "The bot's token is not known. Copy it again from the app's page: OAuth & Permissions.",
    "token_revoked": "The bot's token was revoked. Install the app again and set the new SLACK_BOT_TOKEN.",
    "token_expired": "The bot's token has expired. Install the app again and set the new SLACK_BOT_TOKEN.",
    "account_inactive": "The bot's own account is switched off. A workspace administrator can restore the app.",
    "missing_scope": "The app lacks a right. Add the scopes that `disaster check` names, and install it again.",
    "not_allowed_token_type": "The token is of the wrong kind. SLACK_BOT_TOKEN begins with xoxb-.",
    "org_login_required": "The workspace is being moved into an organisation. It comes back by itself.",
    "team_access_not_granted": "The app is not allowed in this workspace. An organisation's administrator can add it.",
    "access_denied": "An administrator has blocked the app.",
    "ekm_access_denied": "An administrator has suspended the app's access (encryption keys).",
    "accesslimited": "Slack limits this workspace. Ask its owner.",
}
WORKSPACE = "The app is an organisation's. Name the workspace to act in: slack.workspace in app.yaml."
# The same for a channel that it does not open.
ROOMS: Mapping[str, str] = {
    "restricted_action": "The workspace lets only some people make channels. An administrator can allow the app.",
    "no_permission": "The workspace lets only some people make channels. An administrator can allow the app.",
    "user_is_restricted": "The bot's account may not make channels. An administrator can allow it.",
    "name_taken": "That name and nineteen after it are taken. Rename one of those channels.",
    "which workspace": WORKSPACE,
    "no answer": "Check status.slack.com.",
}
