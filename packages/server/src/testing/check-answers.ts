import { ProblemBody } from '@berth/contract';
import type { TSchema } from 'typebox';
import { Check, Errors } from 'typebox/value';
import { expect, onTestFinished } from 'vitest';
import type { App } from '../http/app.ts';

/** Fails the test where an answer is not as its route declares. A stream’s lines are not looked at. */
export function checkAnswers(app: App): void {
  const wrong: unknown[] = [];
  app.addHook('onSend', (request, reply, payload, done) => {
    const { url = 'no route', schema } = request.routeOptions;
    const declared = (schema?.response ?? {}) as Record<string, TSchema>;
    const status = reply.statusCode;
    const expected = declared[status] ?? (status >= 400 ? ProblemBody : undefined);
    const answer = `${request.method} ${url} ${status}`;
    if (expected === undefined) wrong.push(`${answer} is not declared`);
    else if (typeof payload === 'string' && /json/.test(String(reply.getHeader('content-type')))) {
      const body: unknown = JSON.parse(payload);
      if (!Check(expected, body)) wrong.push({ answer, errors: Errors(expected, body) });
    }
    done();
  });
  onTestFinished(() => {
    expect(wrong).toEqual([]);
  });
}
