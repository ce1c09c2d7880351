// A provider of another maker (oauth2-mock-server) that signs whatever its task says, good or bad; ends with standard input.
import { createInterface } from 'node:readline';
import { OAuth2Server } from 'oauth2-mock-server';

const lines = createInterface({ input: process.stdin });
lines.on('close', () => process.exit());
const task = JSON.parse(await new Promise((resolve) => lines.once('line', resolve)));

const server = new OAuth2Server();
const impostor = new OAuth2Server();
for (const alg of task.algorithms) {
  await server.issuer.keys.generate(alg, { kid: alg });
  await impostor.issuer.keys.generate(alg, { kid: alg });
}
await server.start(0, '127.0.0.1');
impostor.issuer.url = server.issuer.url;

function changed(whole, changes) {
  for (const [name, value] of Object.entries(changes ?? {})) {
    if (value === null) {
      delete whole[name];
    } else {
      whole[name] = value;
    }
  }
}

const tokens = {};
for (const [name, { kid, header, claims, byImpostor }] of Object.entries(task.tokens)) {
  const { issuer } = byImpostor ? impostor : server;
  tokens[name] = await issuer.buildToken({
    kid: kid ?? 'ES256',
    scopesOrTransform: (head, payload) => {
      changed(head, { typ: 'at+jwt', ...header });
      changed(payload, { ...task.claims, ...claims });
    },
  });
}
process.stdout.write(`${JSON.stringify({ issuer: server.issuer.url, tokens })}\n`);
