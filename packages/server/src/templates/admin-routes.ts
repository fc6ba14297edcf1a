import {
  AdminTemplate,
  AdminTemplateList,
  IfMatch,
  Name,
  NewTemplate,
  RemovedTemplate,
  TemplateRemoval,
  TemplateUsers,
  WrittenTemplate,
} from '@berth/contract';
import { Type } from 'typebox';
import type { App } from '../http/app.ts';
import { actorOf } from '../http/caller.ts';
import { changeOf, withRevision } from '../http/if-match.ts';
import type { Templates } from './templates.ts';

export function templateRoutes(app: App, templates: Templates): void {
  const config = { access: 'admin' } as const;
  const tags = ['templates'];
  const one = { tags, params: Type.Object({ name: Name }) };
  const write = { ...one, headers: IfMatch };

  app.get(
    '/admin/templates',
    {
      config,
      schema: { tags, summary: 'Templates, by name', response: { 200: AdminTemplateList } },
    },
    () => templates.list(),
  );
  app.post(
    '/admin/templates',
    {
      config,
      schema: {
        tags,
        summary: 'Add a template',
        body: NewTemplate,
        response: { 201: AdminTemplate },
      },
    },
    async (request, reply) => {
      const template = await templates.add(request.body, actorOf(request).name);
      reply.status(201).header('location', `/admin/templates/${template.name}`);
      return withRevision(reply, template);
    },
  );
  app.get(
    '/admin/templates/:name',
    { config, schema: { ...one, summary: 'A template', response: { 200: AdminTemplate } } },
    (request, reply) => withRevision(reply, templates.view(request.params.name)),
  );
  app.put(
    '/admin/templates/:name',
    {
      config,
      schema: {
        ...write,
        summary: 'Put another template in the place of one',
        description: 'Holds for what is started from then on.',
        body: WrittenTemplate,
        response: { 200: AdminTemplate },
      },
    },
    async (request, reply) => {
      const { params, body } = request;
      return withRevision(reply, await templates.replace(params.name, body, changeOf(request)));
    },
  );
  app.delete(
    '/admin/templates/:name',
    {
      config,
      schema: {
        ...write,
        summary: 'Remove a template',
        description: 'Ends new starts. What runs goes on.',
        querystring: TemplateRemoval,
        response: { 200: RemovedTemplate },
      },
    },
    (request) => {
      const { params, query } = request;
      return templates.remove(params.name, query.force === true, changeOf(request));
    },
  );
  for (const [verb, summary] of [
    ['assign', 'Let users start a template'],
    ['unassign', 'Take a template from users; what runs goes on'],
  ] as const) {
    app.post(
      `/admin/templates/:name/${verb}`,
      {
        config,
        schema: { ...write, summary, body: TemplateUsers, response: { 200: AdminTemplate } },
      },
      async (request, reply) => {
        const { params, body } = request;
        const made = changeOf(request);
        return withRevision(reply, await templates.assign(params.name, verb, body.users, made));
      },
    );
  }
}
