// Draws Adaptive Cards where the page has places for them.
import { AdaptiveCard, GlobalRegistry, HostConfig, Table, Versions } from "adaptivecards";

GlobalRegistry.elements.register("Table", Table, Versions.v1_5); // a bundler takes it for unused

window.drawTeams = (place, card, host) => {
  const drawn = new AdaptiveCard();
  drawn.hostConfig = new HostConfig(host);
  drawn.parse(card);
  place.appendChild(drawn.render());
};
