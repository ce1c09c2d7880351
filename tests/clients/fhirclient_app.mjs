// An ordinary SMART application on client-js: launches, and tells on its own page what it could see of one person.
// Reads how it is registered on standard input, says its port on standard output, and serves until that input closes.
import { createServer } from 'node:http';
import { createInterface } from 'node:readline';
import smart from 'fhirclient';

const [line] = await createInterface({ input: process.stdin })[Symbol.asyncIterator]().next().then(({ value }) => [value]);
const { base, clientId, scope, key, another } = JSON.parse(line);

// One visitor at a time: what client-js keeps between the launch and the way back.
const kept = new Map();
const storage = {
  get: async (name) => kept.get(name),
  set: async (name, value) => kept.set(name, value).get(name),
  unset: async (name) => kept.delete(name),
};

async function resources(client, type) {
  return client.request(`${type}?patient=${client.patient.id}`, { pageLimit: 0, flat: true });
}

async function refused(asking) {
  try {
    await asking;
    return null;
  } catch (error) {
    return error.status ?? error.statusCode ?? String(error);
  }
}

async function seen(client) {
  const types = ['Condition', 'MedicationRequest', 'AllergyIntolerance', 'Observation'];
  const found = await Promise.all(types.map((type) => resources(client, type)));
  const everything = await client.request(`Patient/${client.patient.id}/$everything`, { pageLimit: 0, flat: true });
  return {
    scope: client.getState('tokenResponse.scope'),
    patient: (await client.patient.read()).id,
    user: (await client.user.read()).name[0].family,
    fhirUser: client.getFhirUser(),
    counts: Object.fromEntries(types.map((type, place) => [type, found[place].filter((each) => each.resourceType === type).length])),
    everything: [...new Set(everything.map((each) => each.resourceType))].sort(),
    encounters: await refused(resources(client, 'Encounter')),
    nobody: await refused(client.request('Patient/nobody')),
    another: await refused(client.request(`Patient/${another}`)),
  };
}

async function answered(request, response) {
  const client = smart(request, response, storage);
  const { pathname, searchParams } = new URL(request.url, 'http://127.0.0.1');
  if (pathname === '/launch') {
    const iss = searchParams.get('iss') ?? base;
    const asked = searchParams.has('launch') ? `launch ${scope}` : `launch/patient ${scope}`;
    await client.authorize({ iss, clientId, scope: asked, redirectUri: '/callback', pkceMode: 'required', clientPrivateJwk: key });
    return;
  }
  const content = await seen(await client.ready()).catch((error) => ({ error: String(error) }));
  response.writeHead(200, { 'content-type': 'application/json' });
  response.end(JSON.stringify(content));
}

const server = createServer((request, response) => {
  answered(request, response).catch((error) => {
    response.writeHead(500, { 'content-type': 'application/json' });
    response.end(JSON.stringify({ error: String(error) }));
  });
});
server.listen(0, '127.0.0.1', () => process.stdout.write(`${server.address().port}\n`));
process.stdin.on('end', () => process.exit());
