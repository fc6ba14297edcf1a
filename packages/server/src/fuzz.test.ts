import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { createJudge } from './testing/fuzz/answers.ts';
import type { Document } from './testing/fuzz/document.ts';
import { fuzzHouse } from './testing/fuzz/house.ts';
import { requestsOf } from './testing/fuzz/requests.ts';
import { testApp } from './testing/test-app.ts';

const HOUSES = 50;
const REQUESTS = 200;

test('ten thousand requests, right and wrong, all get an answer as the document declares it', async () => {
  const { app } = await testApp();
  const document = (await app.inject('/openapi.json')).json<Document>();
  const judge = createJudge(document);
  const requests = fc.array(requestsOf(document), { minLength: REQUESTS, maxLength: REQUESTS });
  const statuses = new Map<number, number>();

  const everyAnswerIsDeclared = fc.asyncProperty(requests, async (all) => {
    const house = await fuzzHouse();
    try {
      for (const request of all) {
        const answer = await house.send(request);
        const fault = judge(request, answer);
        if (fault !== undefined) throw new Error(`${JSON.stringify(request)} ${fault}`);
        statuses.set(answer.status, (statuses.get(answer.status) ?? 0) + 1);
      }
    } finally {
      await house.close();
    }
  });
  await fc.assert(everyAnswerIsDeclared, { numRuns: HOUSES, endOnFailure: true });

  // Else it would prove little: many must get further than to the door. Most routes change
  // what has conditions that a random request seldom meets.
  const of = (...some: number[]): number =>
    some.reduce((sum, one) => sum + (statuses.get(one) ?? 0), 0);
  expect(of(...statuses.keys())).toBe(HOUSES * REQUESTS);
  expect(of(200, 201, 204)).toBeGreaterThan((HOUSES * REQUESTS) / 6);
}, 180_000);
