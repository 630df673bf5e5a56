// The npm `eventsource` client: reports what it hears on standard output, one JSON text per line.
import { EventSource } from "eventsource";

const [url, token] = process.argv.slice(2);
const report = (kind, more = {}) => console.log(JSON.stringify({ kind, ...more }));

const source = new EventSource(url, {
  fetch: (input, init) =>
    fetch(input, { ...init, headers: { ...init.headers, Authorization: `Bearer ${token}` } }),
});
source.onopen = () => report("open");
source.onerror = () => report("error", { state: source.readyState });
for (const name of ["message", "sync", "reset", "lagged", "drain", "end"]) {
  source.addEventListener(name, (event) =>
    report(name, { id: event.lastEventId, data: JSON.parse(event.data) }),
  );
}
// Closed for good it has nothing left to do; a test may look at its last words in peace.
process.stdin.resume();
process.stdin.on("end", () => process.exit(0));
