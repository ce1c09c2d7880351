// An ordinary viewer on fhir-kit-client: reads what it is to do on standard input, writes what it saw on standard output.
import { readFileSync } from 'node:fs';
import { CapabilityTool, Client } from 'fhir-kit-client';

const { base, token, number } = JSON.parse(readFileSync(0, 'utf8'));
const client = new Client({ baseUrl: base, bearerToken: token });

const capabilities = new CapabilityTool(await client.capabilityStatement());
const found = await client.search({
  resourceType: 'Patient',
  searchParams: { identifier: `https://fhir.nhs.uk/Id/nhs-number|${number}` },
  options: { postSearch: true },
});
const id = found.entry[0].resource.id;
const patient = await client.read({ resourceType: 'Patient', id });

const encounters = [];
let pages = 0;
let page = await client.search({ resourceType: 'Encounter', searchParams: { patient: id, _count: '10' } });
while (page) {
  pages += 1;
  encounters.push(...(page.entry ?? []).filter((entry) => entry.search.mode === 'match'));
  page = await client.nextPage({ bundle: page });
}

const one = await client.read({ resourceType: 'Encounter', id: encounters[0].resource.id });
const resolved = await client.resolve({ reference: one.subject.reference });
const everything = await client.operation({ name: 'everything', resourceType: 'Patient', id, method: 'GET' });

let refusal;
try {
  await client.read({ resourceType: 'Patient', id: 'nobody' });
} catch (error) {
  refusal = { status: error.response.status, type: error.response.data.resourceType };
}

process.stdout.write(JSON.stringify({
  supportsSearch: capabilities.resourceCan('Encounter', 'search-type'),
  patient: patient.id,
  resolved: resolved.id,
  pages,
  subjects: [...new Set(encounters.map((entry) => entry.resource.subject.reference))],
  encounters: encounters.map((entry) => entry.resource.id),
  one: one.id,
  sources: everything.entry.filter((entry) => entry.search.mode === 'outcome').map((entry) => entry.resource.issue[0].diagnostics),
  refusal,
}));
