import { createConfig, lintFromString } from '@redocly/openapi-core';
import { expect, test } from 'vitest';
import { testApp } from '../testing/test-app.ts';

interface Document {
  readonly paths: Readonly<
    Record<string, Readonly<Record<string, { security: unknown; description: string }>>>
  >;
}

test('the document is valid, by all that a strict linter knows', async () => {
  const { app } = await testApp();
  const { body: source } = await app.inject('/openapi.json');
  const config = await createConfig({ extends: ['recommended-strict'] });
  const found = await lintFromString({ source, config });
  expect(found.map(({ ruleId, message, location }) => [ruleId, message, location])).toEqual([]);
});

test('the document has every route, and who may call it', async () => {
  const { app } = await testApp();
  const { paths } = (await app.inject('/openapi.json')).json<Document>();
  const described = Object.entries(paths).flatMap(([path, operations]) =>
    Object.keys(operations).map((method) => `${method.toUpperCase()} ${path}`),
  );
  const declared = app.declared.flatMap(({ method, url }) =>
    [method].flat().map((one) => `${one} ${url.replaceAll(/:(\w+)/g, '{$1}')}`),
  );
  expect(described.toSorted()).toEqual(
    declared.filter((one) => !one.startsWith('HEAD')).toSorted(),
  );
  expect(paths['/healthz']?.['get']).toMatchObject({ security: [], description: 'For anyone.' });
  expect(paths['/containers']?.['get']).toMatchObject({
    security: [{ client: [] }, { login: [] }],
    description: 'For users.',
  });
});

test('the document tells nothing that only editors and our own messages need', async () => {
  const { app } = await testApp();
  expect((await app.inject('/openapi.json')).body).not.toContain('patternErrorMessage');
});
