/** The one client of the page. It speaks to the page's own origin, with the session's cookie. */
import { Client } from "slipway-client";

export const client = new Client({ baseUrl: "", timeout: 20_000 });
