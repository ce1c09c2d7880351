// An OpenID provider of another maker (oidc-provider), with the clients and claims that its task names; ends with standard input.
import { createServer } from 'node:http';
import { createInterface } from 'node:readline';
import { exportJWK, generateKeyPair } from 'jose';
import Provider from 'oidc-provider';

const lines = createInterface({ input: process.stdin });
lines.on('close', () => process.exit());
const task = JSON.parse(await new Promise((resolve) => lines.once('line', resolve)));

async function signingKey(alg) {
  const { privateKey } = await generateKeyPair(alg, { extractable: true });
  return { ...(await exportJWK(privateKey)), alg, use: 'sig', kid: `key-${alg}` };
}

const page = {
  client_id: 'scr-web',
  token_endpoint_auth_method: 'none',
  redirect_uris: [task.redirect],
  id_token_signed_response_alg: 'ES256',
  backchannel_logout_uri: 'https://gateway.example/sign-in/back-channel-logout',
  backchannel_logout_session_required: true,
};
const machines = Object.entries(task.machines).map(([id, { alg, jwk }]) => ({
  client_id: id,
  token_endpoint_auth_method: 'private_key_jwt',
  token_endpoint_auth_signing_alg: alg,
  grant_types: ['client_credentials'],
  response_types: [],
  redirect_uris: [],
  jwks: { keys: [jwk] },
}));

async function grantEverything(ctx) {
  const { provider, client, session } = ctx.oidc;
  const grant = new provider.Grant({ clientId: client.clientId, accountId: session.accountId });
  grant.addOIDCScope('openid profile nationalrbacaccess selectedrole');
  await grant.save();
  return grant;
}

const server = createServer();
await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
const issuer = `http://127.0.0.1:${server.address().port}`;
const provider = new Provider(issuer, {
  clients: [page, ...machines],
  jwks: { keys: [await signingKey('ES256'), await signingKey('RS256')] },
  scopes: ['openid', 'profile', 'nationalrbacaccess', 'selectedrole'],
  cookies: { keys: ['only for tests'] },
  findAccount: (_ctx, id) => ({ accountId: id, claims: async () => ({ sub: id }) }),
  loadExistingGrant: grantEverything,
  // It calls no loopback address: its own call is brought to the test instead of the name that it knows.
  fetch: (_url, options) => fetch(task.logout, { ...options, dispatcher: undefined }),
  extraTokenClaims: async () => task.claims,
  enabledJWA: { clientAuthSigningAlgValues: ['RS256', 'RS384', 'ES384'] },
  features: {
    backchannelLogout: { enabled: true },
    clientCredentials: { enabled: true },
    resourceIndicators: {
      enabled: true,
      defaultResource: async () => task.audience,
      useGrantedResource: async () => true,
      getResourceServerInfo: async () => ({
        audience: task.audience,
        scope: 'system/*.rs records',
        accessTokenFormat: 'jwt',
        accessTokenTTL: 600,
        jwt: { sign: { alg: task.alg } },
      }),
    },
  },
});
server.on('request', provider.callback());
process.stdout.write(`${JSON.stringify({ issuer })}\n`);
