// A first look at the desk, by the public API alone. It only reads.
"use strict";

const $ = (id) => document.getElementById(id);
const state = { token: sessionStorage.getItem("token"), view: "unresolved", requester: false, cursor: null, ticket: null, asOf: null, first: null, agents: {} };
const page = { generation: 0 };

function element(name, properties = {}, ...children) {
  const made = Object.assign(document.createElement(name), properties);
  made.append(...children);
  return made;
}

async function api(path, options = {}) {
  const headers = { Authorization: `Bearer ${state.token}`, ...options.headers };
  const answer = await fetch(`/api/v1${path}`, { ...options, headers });
  const body = await answer.json();
  if (answer.ok) return body;
  if (answer.status === 401 && state.token) leave();
  throw new Error(body.detail || body.title);
}

const query = (parameters) =>
  new URLSearchParams(Object.entries(parameters).filter(([, value]) => value)).toString();
const words = (text) => text.replaceAll("_", " ");
const agent = (id) => state.agents[id] || id || "";
const local = (instant) => new Date(instant).toLocaleString();

async function signIn(event) {
  event.preventDefault();
  $("refused").textContent = "";
  try {
    state.token = $("token").value.trim();
    if (!state.token) {
      const body = JSON.stringify({ email: $("email").value, password: $("password").value });
      const headers = { "Content-Type": "application/json" };
      state.token = (await api("/session", { method: "POST", body, headers })).token;
    }
    await enter();
    sessionStorage.setItem("token", state.token);
  } catch (error) {
    state.token = null;
    $("refused").textContent = error.message;
  }
}

function leave() {
  sessionStorage.removeItem("token");
  state.token = null;
  location.reload();
}

async function enter() {
  const me = await api("/me");
  $("who").textContent = `${me.name}, ${me.role}`;
  $("sign").hidden = true;
  $("desk").hidden = $("leave").hidden = false;
  state.requester = me.role === "requester";
  if (state.requester) state.view = "";
  $("time").hidden = state.requester; // a requester's list knows no filters and no past
  if (!state.requester) {
    const oldest = await api(`/tickets?${query({ sort: "opened_at", direction: "asc", limit: 1 })}`);
    const agents = await api("/agents?limit=200").catch(() => ({ items: [] }));
    state.agents = Object.fromEntries(agents.items.map((agent) => [agent.id, agent.name]));
    state.first = oldest.items.length ? Date.parse(oldest.items[0].opened_at) : Date.now();
  }
  await Promise.all([showViews(), showRows()]);
}

async function showViews() {
  if (state.requester) return;
  const { views } = await api("/views");
  $("views").replaceChildren(...views.map((view) => {
    const button = element("button", { type: "button" }, element("span", { textContent: words(view.view) }), element("b", { textContent: view.tickets }));
    button.setAttribute("aria-pressed", view.view === state.view);
    button.onclick = () => { state.view = view.view; guard(showViews)(); guard(showRows)(); };
    return button;
  }));
}

async function showRows(more = false) {
  const generation = ++page.generation;
  const asked = { text: $("text").value, as_of: state.asOf, cursor: more && state.cursor, limit: 50 };
  if (state.view) asked.view = state.view;
  const { items, next } = await api(`/tickets?${query(asked)}`);
  if (generation !== page.generation) return;
  const rows = items.map((ticket) => {
    const cells = [ticket.number, ticket.subject, words(ticket.status), ticket.priority, agent(ticket.agent)];
    const row = element("tr", { tabIndex: 0 }, ...cells.map((text) => element("td", { textContent: text })));
    row.cells[3].className = ticket.priority;
    row.setAttribute("aria-selected", ticket.id === state.ticket);
    row.onclick = () => { state.ticket = ticket.id; select(row); guard(showTicket)(); };
    row.onkeydown = (event) => { if (event.key === "Enter") row.click(); };
    return row;
  });
  if (more) $("rows").append(...rows); else $("rows").replaceChildren(...rows);
  $("empty").textContent = $("rows").children.length ? "" : "Nothing here.";
  state.cursor = next;
  $("more").hidden = !next;
}

function select(chosen) {
  for (const row of $("rows").children) row.setAttribute("aria-selected", row === chosen);
}

async function showTicket() {
  if (!state.ticket) return;
  const chosen = state.ticket;
  const then = query({ as_of: state.asOf });
  try {
    const [ticket, conversation] = await Promise.all([
      api(`/tickets/${chosen}?${then}`), api(`/tickets/${chosen}/conversation?${then}`),
    ]);
    const person = state.requester ? null : await api(`/requesters/${encodeURIComponent(ticket.requester)}`).catch(() => null);
    const names = { ...state.agents, [ticket.requester]: person ? person.name : ticket.requester };
    if (chosen !== state.ticket) return;
    const facts = [words(ticket.status), ticket.priority, ticket.queue, agent(ticket.agent), ticket.category].filter(Boolean).join(" · ");
    $("ticket").replaceChildren(
      element("h2", { textContent: `#${ticket.number} ${ticket.subject}` }),
      element("p", { textContent: facts }),
      element("p", { className: "quiet", textContent: `opened ${local(ticket.opened_at)} by ${names[ticket.requester]}, version ${ticket.version}` }),
      ...conversation.items.map((item) => message(item, names)),
      element("p", { className: "quiet", textContent: ticket.allowed_commands.length ? `Allowed now: ${ticket.allowed_commands.map(words).join(", ")}` : "" }),
    );
  } catch (error) {
    if (chosen === state.ticket) $("ticket").replaceChildren(element("p", { className: "quiet", textContent: error.message }));
  }
}

function message(item, names) {
  const what = item.kind === "event" ? item.event.replace("ticket.", "") : item.kind;
  const head = [words(what), names[item.actor] || item.actor || "help desk", local(item.at)].join(" · ");
  const made = element("div", { className: `message ${item.kind}` }, element("div", { className: "quiet", textContent: head }));
  if (item.body) made.append(item.body);
  return made;
}

function travel() {
  const share = $("slider").value / 1000;
  const instant = new Date(state.first + share * (Date.now() - state.first));
  state.asOf = share === 1 ? null : instant.toISOString();
  $("when").textContent = state.asOf ? instant.toLocaleString() : "now";
  clearTimeout(page.timer);
  page.timer = setTimeout(() => { guard(showRows)(); guard(showTicket)(); }, 120);
}

const guard = (show) => (...given) => show(...given).catch((error) => { $("empty").textContent = error.message; });

$("sign").onsubmit = signIn;
$("leave").onclick = () => api("/session", { method: "DELETE" }).finally(leave);
$("slider").oninput = travel;
$("now").onclick = () => { $("slider").value = 1000; travel(); };
$("text").oninput = travel;
$("more").onclick = () => guard(showRows)(true);
if (state.token) enter().catch(() => { $("refused").textContent = "Sign in again."; });
