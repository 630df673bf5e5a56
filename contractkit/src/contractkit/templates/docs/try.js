
// Try it: sends an operation's request with the browser's session, or with a token given here.
{
  const shownFrames = 200;
  let requests, token = "";

  const labelled = (label, control, note = "") => element("label", {}, element("span", {}, label, note ? element("small", {}, ` ${note}`) : ""), control);
  const form = (name, request) => {
    const fields = request.fields.filter(([place]) => place !== "cookie").map(([place, key, required, example, repeated]) => ({
      place, key, repeated,
      control: element("input", { required, value: required ? example : "", placeholder: example, autocomplete: "off" }),
      label: `${place}${required ? ", required" : ""}`,
    }));
    const server = element("input", { value: request.server || (location.protocol === "file:" ? "http://localhost:8000" : location.origin), autocomplete: "off" });
    const made = element("form", { class: "panel", "aria-label": `Try ${name}` });
    const parts = { fields, server };
    made.append(labelled("Server", server));
    if (request.credential && request.credential[0] !== "cookie") {
      parts.token = element("input", { type: "password", value: token, placeholder: "empty: the session of this browser", autocomplete: "off" });
      made.append(labelled(request.credential[0] === "basic" ? "User:password" : "Token", parts.token));
    }
    for (const field of fields) made.append(labelled(field.key, field.control, field.label));
    if (request.body !== null) {
      const body = typeof request.body === "string" ? request.body : JSON.stringify(request.body, null, 2);
      parts.body = element("textarea", { rows: Math.min(14, body.split("\n").length + 1), spellcheck: "false" }, body);
      made.append(labelled("Body", parts.body, request.type));
    }
    const changes = !["GET", "HEAD", "OPTIONS"].includes(request.method);
    parts.send = element("button", { class: "send-request" }, request.stream ? "Watch" : "Send");
    parts.stop = element("button", { type: "button", hidden: true }, "Stop");
    made.append(element("div", { class: "actions" }, parts.send, parts.stop, changes ? element("small", {}, "This is no rehearsal: it changes data.") : ""));
    parts.output = element("div", { class: "output", role: "status" });
    made.append(parts.output);
    return [made, parts];
  };

  const formBody = (request, text) => {
    const values = Object.entries(JSON.parse(text)).map(([key, value]) => [key, typeof value === "string" ? value : JSON.stringify(value)]);
    if (!request.type.startsWith("multipart")) return new URLSearchParams(values);
    const data = new FormData();
    for (const [key, value] of values) data.append(key, value);
    return data;
  };
  const prepared = (request, parts) => {
    let path = request.path;
    const query = new URLSearchParams(), headers = {};
    for (const { place, key, repeated, control } of parts.fields) {
      const { value } = control;
      if (place === "path") path = path.replace(`{${key}}`, encodeURIComponent(value));
      else if (value === "") continue;
      else if (place === "header") headers[key] = value;
      else for (const item of repeated ? value.split(",") : [value]) query.append(key, item);
    }
    token = parts.token?.value ?? token;
    if (parts.token?.value) {
      const [kind, name] = request.credential;
      if (kind === "query") query.append(name, token);
      else if (kind === "header") headers[name] = token;
      else headers.Authorization = kind === "basic" ? `Basic ${btoa(token)}` : `Bearer ${token}`;
    }
    const init = { method: request.method, headers, credentials: "include", cache: "no-store" };
    if (parts.body && parts.body.value !== "") {
      const form = /^(multipart\/form-data|application\/x-www-form-urlencoded)/.test(request.type);
      init.body = form ? formBody(request, parts.body.value) : parts.body.value;
      if (!form) headers["Content-Type"] = request.type;
    }
    if (request.stream) headers.Accept = "text/event-stream";
    return [`${parts.server.value.replace(/\/$/, "")}${path}${query.size ? `?${query}` : ""}`, init];
  };

  const pretty = (text) => { try { return JSON.stringify(JSON.parse(text), null, 2); } catch { return text; } };
  const code = (text) => element("pre", {}, element("code", {}, text));
  const status = (response, milliseconds) => element("p", { class: "line" },
    element("span", { class: `status s${String(response.status)[0]}` }, `${response.status} ${response.statusText}`.trim()), ` after ${milliseconds} ms`);
  const headersOf = (response) => element("details", {}, element("summary", {}, `Headers (${[...response.headers].length})`),
    code([...response.headers].map(([name, value]) => `${name}: ${value}`).join("\n")));
  const problemOf = (text) => {
    let problem;
    try { problem = JSON.parse(text); } catch { return ""; }
    const told = element("p", { class: "problem" }, element("strong", {}, problem.title ?? "Problem"), problem.detail ? ` ${problem.detail} ` : " ");
    const known = document.getElementById(`problem-${problem.code}`);
    if (problem.code) told.append(known ? element("a", { href: `#${known.id}` }, problem.code) : element("code", {}, problem.code));
    return told;
  };

  // The format of https://html.spec.whatwg.org/multipage/server-sent-events.html.
  const frames = async function* (response) {
    const decoder = new TextDecoder(), reader = response.body.getReader();
    let rest = "", frame = { event: "message", id: "", data: [] };
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      const lines = (rest + decoder.decode(value, { stream: true })).split(/\r\n|\n|\r(?!$)/);
      rest = lines.pop();
      for (const line of lines) {
        const [, field, content] = /^([^:]*):? ?(.*)$/s.exec(line);
        if (line === "") {
          if (frame.data.length) yield { ...frame, data: frame.data.join("\n") };
          frame = { event: "message", id: "", data: [] };
        } else if (field === "data") frame.data.push(content);
        else if (field === "event" || field === "id") frame[field] = content;
      }
    }
  };
  const watch = async (response, output) => {
    const count = element("p", { class: "line" }, "Connected; waiting for events."), list = element("ol", { class: "frames" });
    output.append(count, list);
    let seen = 0;
    for await (const frame of frames(response)) {
      seen += 1;
      count.textContent = `${seen} ${seen === 1 ? "event" : "events"}, the latest first.`;
      list.prepend(element("li", {}, element("strong", {}, frame.event), element("small", {}, frame.id), code(pretty(frame.data))));
      if (list.children.length > shownFrames) list.lastChild.remove();
    }
    output.append(element("p", { class: "line" }, "The server ended the stream."));
  };

  const send = async (request, parts) => {
    const abort = new AbortController(), { output } = parts;
    parts.stop.onclick = () => abort.abort();
    parts.send.disabled = true;
    parts.stop.hidden = false;
    output.replaceChildren(element("p", { class: "line" }, "Sent; waiting for the answer."));
    try {
      const began = performance.now();
      const [url, init] = prepared(request, parts);
      const response = await fetch(url, { ...init, signal: abort.signal });
      output.replaceChildren(element("p", { class: "line" }, element("code", {}, `${init.method} ${url}`)),
        status(response, Math.round(performance.now() - began)), headersOf(response));
      const type = response.headers.get("content-type") ?? "";
      if (response.ok && type.startsWith("text/event-stream")) return await watch(response, output);
      const text = await response.text();
      if (type.startsWith("application/problem+json")) output.append(problemOf(text));
      if (text) output.append(code(pretty(text)));
    } catch (error) {
      output.append(element("p", { class: "problem" }, abort.signal.aborted ? "Stopped." : `No answer: ${error.message}`));
    } finally {
      parts.send.disabled = false;
      parts.stop.hidden = true;
    }
  };

  if ("tryIt" in root.dataset) document.addEventListener("click", (event) => {
    const button = event.target.closest("button.try");
    if (!button) return;
    const open = button.nextElementSibling?.matches("form.panel");
    button.setAttribute("aria-expanded", String(!open));
    if (open) return button.nextElementSibling.remove();
    requests ??= JSON.parse(one("#requests").textContent);
    const request = requests[button.dataset.operation];
    const [made, parts] = form(button.dataset.operation, request);
    button.after(made);
    made.addEventListener("submit", (submitted) => { submitted.preventDefault(); void send(request, parts); });
    one("input:not([type=password])", made)?.focus();
  });
}
