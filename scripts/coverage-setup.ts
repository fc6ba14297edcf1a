import { takeCoverage } from 'node:v8';
import { afterAll } from 'vitest';

// Vitest kills its workers before they would write what NODE_V8_COVERAGE asks for.
if (process.env['NODE_V8_COVERAGE'] !== undefined) afterAll(() => takeCoverage());
