import { expect, test } from 'vitest';
import { testApp } from '../testing/test-app.ts';

test('the page loads what it needs from this server, and its policy allows nothing else', async () => {
  const { app } = await testApp();
  const page = await app.inject('/docs');
  expect(page.headers['content-type']).toBe('text/html; charset=utf-8');
  const policy = String(page.headers['content-security-policy']);
  expect(policy).toContain("default-src 'none'");
  expect(policy).not.toMatch(/https?:|\*|script-src[^;]*unsafe/);
  const parts = [...page.body.matchAll(/(?:src|href)="(?!data:)([^"]+)"/g)].map(([, path]) => path);
  expect(parts).toEqual(['docs/swagger-ui.css', 'docs/swagger-ui.js', 'docs/start.js']);
  for (const path of parts) {
    const part = await app.inject(`/${path}`);
    expect([path, part.statusCode, part.headers['content-type']]).toEqual([
      path,
      200,
      path?.endsWith('.css') === true
        ? 'text/css; charset=utf-8'
        : 'text/javascript; charset=utf-8',
    ]);
    expect(part.body.length).toBeGreaterThan(100);
  }
});
