// An OpenID Connect provider on loopback. Its settings come as one line of JSON on standard input:
// { port, clients, key: private JWK }. It says its issuer on standard output, and ends with its input.
// POST /people/<login> sets the claims of somebody; the provider's own forms take any password.
import { createServer } from "node:http";
import { createInterface } from "node:readline";
import Provider from "oidc-provider";

const people = new Map();

function configuration({ clients, key }) {
  return {
    clients,
    jwks: { keys: [key] },
    cookies: { keys: ["a key for tests"] },
    claims: {
      email: ["email", "email_verified"],
      profile: ["name", "preferred_username"],
      groups: ["groups"],
    },
    scopes: ["openid", "email", "profile", "groups"],
    pkce: { required: () => true },
    findAccount: (_, id) => ({
      accountId: id,
      claims: () => ({ sub: id, ...people.get(id) }),
    }),
    ttl: { AccessToken: 60, AuthorizationCode: 60, Grant: 600, IdToken: 60, Interaction: 600, Session: 600 },
  };
}

async function body(request) {
  const parts = [];
  for await (const part of request) parts.push(part);
  return JSON.parse(Buffer.concat(parts).toString());
}

const lines = createInterface({ input: process.stdin });
lines.once("line", (line) => {
  const settings = JSON.parse(line);
  const server = createServer();
  server.listen(settings.port, "127.0.0.1", () => {
    const issuer = `http://127.0.0.1:${server.address().port}`;
    const answer = new Provider(issuer, configuration(settings)).callback();
    server.on("request", async (request, response) => {
      if (!request.url.startsWith("/people/")) return answer(request, response);
      people.set(decodeURIComponent(request.url.slice("/people/".length)), await body(request));
      response.writeHead(204).end();
    });
    console.log(JSON.stringify({ issuer }));
  });
});
lines.on("close", () => process.exit());
