import {
  HistoryChange,
  HistoryList,
  HistoryQuery,
  Restored,
  RestorePreview,
} from '@berth/contract';
import { Type } from 'typebox';
import type { App } from '../http/app.ts';
import { actorOf } from '../http/caller.ts';
import type { History } from './history.ts';

const USUAL_LIMIT = 100;

export function historyRoutes(app: App, history: History): void {
  const config = { access: 'admin' } as const;
  const tags = ['history'];
  const Number = Type.Integer({ minimum: 1, maximum: 999_999_999 });
  const one = { tags, params: Type.Object({ number: Number }) };

  app.get(
    '/admin/history',
    {
      config,
      schema: {
        tags,
        summary: 'The changes of the configuration, the newest first',
        querystring: HistoryQuery,
        response: { 200: HistoryList },
      },
    },
    (request) => history.list(request.query.limit ?? USUAL_LIMIT),
  );
  app.get(
    '/admin/history/:number',
    {
      config,
      schema: { ...one, summary: 'What one change did', response: { 200: HistoryChange } },
    },
    (request) => history.show(request.params.number),
  );
  app.get(
    '/admin/history/:number/restore',
    {
      config,
      schema: {
        ...one,
        summary: 'What it would change to restore that',
        response: { 200: RestorePreview },
      },
    },
    (request) => history.preview(request.params.number),
  );
  app.post(
    '/admin/history/:number/restore',
    {
      config,
      schema: {
        ...one,
        summary: 'Put the configuration back to how a change left it',
        description: 'As a new change, so that it can be undone too.',
        response: { 200: Restored },
      },
    },
    (request) => history.restore(request.params.number, actorOf(request).name),
  );
}
