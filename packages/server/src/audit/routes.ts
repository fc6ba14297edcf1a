import { AuditPage, AuditQuery } from '@berth/contract';
import type { App } from '../http/app.ts';

export function auditRoutes(app: App, read: (query: AuditQuery) => Promise<AuditPage>): void {
  app.get(
    '/admin/audit',
    {
      config: { access: 'admin' },
      schema: {
        tags: ['audit'],
        summary: 'Who did what, when and from where, the newest first',
        querystring: AuditQuery,
        response: { 200: AuditPage },
      },
    },
    (request) => read(request.query),
  );
}
