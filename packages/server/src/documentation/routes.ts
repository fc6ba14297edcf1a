import type { Readable } from 'node:stream';
import { Type } from 'typebox';
import type { Asset } from '../assets.ts';
import type { App } from '../http/app.ts';
import { shareBytes } from '../http/shared-bytes.ts';
import { describeApi } from './openapi.ts';
import { PAGE, POLICY, START } from './page.ts';

const config = { access: 'anyone' } as const;

/**
 * @param options.version of the program
 * @param options.readAsset gives a file that goes with the program
 */
export function documentationRoutes(
  app: App,
  options: {
    readonly version: string;
    readonly readAsset: (name: Asset) => Promise<Buffer>;
  },
): void {
  const { version, readAsset } = options;
  let document: Promise<string> | undefined;

  app.get(
    '/openapi.json',
    {
      config,
      schema: {
        tags: ['reference'],
        summary: 'This API as an OpenAPI document',
        response: { 200: Type.Unsafe<string>(Type.Object({ openapi: Type.Literal('3.1.0') })) },
      },
    },
    async (_request, reply) => {
      document ??= describeApi(app.declared, version);
      reply.header('content-type', 'application/json; charset=utf-8');
      return document;
    },
  );

  const part = (path: string, type: string, summary: string, read: () => Promise<Buffer>): void => {
    const content = { [type]: { schema: Type.Unsafe<Readable>(Type.String()) } };
    const schema = { tags: ['reference'], summary, response: { 200: { content } } };
    const share = shareBytes(read);
    app.get(path, { config, schema }, async (_request, reply) => {
      const { length, stream } = await share();
      reply.header('content-type', `${type}; charset=utf-8`).header('content-length', length);
      reply.header('content-security-policy', POLICY);
      return stream();
    });
  };
  part('/docs', 'text/html', 'This API as a page', async () => Buffer.from(PAGE));
  part('/docs/start.js', 'text/javascript', 'What starts the page', async () => Buffer.from(START));
  part('/docs/swagger-ui.js', 'text/javascript', 'What shows the page', () =>
    readAsset('swagger-ui.js'),
  );
  part('/docs/swagger-ui.css', 'text/css', 'How the page looks', () => readAsset('swagger-ui.css'));
}
