/** Writes the documents that follow from the registry: `npm run docs:update`. */
import { writeFileSync } from 'node:fs';
import { generatedDocs } from './docs/registry-docs.ts';

for (const [path, text] of Object.entries(generatedDocs())) {
  writeFileSync(new URL(`../${path}`, import.meta.url), text);
  console.log(`wrote ${path}`);
}
