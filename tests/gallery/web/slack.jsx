// Draws Slack's blocks and modals where the page has places for them.
import { createRoot } from "react-dom/client";
import { flushSync } from "react-dom";
import { Message } from "slack-blocks-to-jsx";
import "slack-blocks-to-jsx/dist/style.css";

const LOGO = "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' width='36' height='36'%3E%3Crect width='36' height='36' rx='6' fill='%237a1f1f'/%3E%3C/svg%3E";

window.drawSlack = (place, blocks) => {
  flushSync(() => createRoot(place).render(<Message blocks={blocks} name="Disaster" logo={LOGO} theme="light" />));
};
