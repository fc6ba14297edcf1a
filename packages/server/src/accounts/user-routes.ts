import {
  denyTemplates,
  giveTemplates,
  setAccess,
  takeTemplates,
  updateOwnFile,
} from '@berth/config';
import {
  AccessLists,
  ChangedUser,
  IfMatch,
  NewUser,
  OwnChange,
  RemovedUser,
  TemplateNames,
  UserChange,
  UserPage,
  UserQuery,
  UserRemoval,
  UserView,
  Uuid,
} from '@berth/contract';
import { Type } from 'typebox';
import type { App } from '../http/app.ts';
import { actorOf } from '../http/caller.ts';
import { changeOf, withRevision } from '../http/if-match.ts';
import type { Users } from './users.ts';

export function userRoutes(app: App, users: Users): void {
  const config = { access: 'admin' } as const;
  const tags = ['users'];
  const one = { tags, params: Type.Object({ id: Uuid }) };
  const write = { ...one, headers: IfMatch };

  app.get(
    '/admin/users',
    {
      config,
      schema: {
        tags,
        summary: 'Users, by name',
        querystring: UserQuery,
        response: { 200: UserPage },
      },
    },
    (request) => users.page(request.query),
  );
  app.post(
    '/admin/users',
    { config, schema: { tags, summary: 'Add a user', body: NewUser, response: { 201: UserView } } },
    async (request, reply) => {
      const user = await users.add(request.body, actorOf(request).name);
      reply.status(201).header('location', `/admin/users/${user.id}`);
      return withRevision(reply, user);
    },
  );
  app.get(
    '/admin/users/:id',
    { config, schema: { ...one, summary: 'All about a user', response: { 200: UserView } } },
    (request, reply) => withRevision(reply, users.view(request.params.id)),
  );
  app.patch(
    '/admin/users/:id',
    {
      config,
      schema: {
        ...write,
        summary: 'Change a user',
        description: 'Changes what is named and nothing else.',
        body: UserChange,
        response: { 200: ChangedUser },
      },
    },
    async (request, reply) => {
      const { params, body } = request;
      return withRevision(reply, await users.change(params.id, body, changeOf(request)));
    },
  );
  app.delete(
    '/admin/users/:id',
    {
      config,
      schema: {
        ...write,
        summary: 'Remove a user',
        description: 'Ends their clients, their logins and their containers at once.',
        querystring: UserRemoval,
        response: { 200: RemovedUser },
      },
    },
    (request) => users.remove(request.params.id, request.query, changeOf(request)),
  );

  app.patch(
    '/admin/users/:id/access',
    {
      config,
      schema: {
        ...write,
        summary: 'Put other lists in place of those that say what a user may start',
        body: AccessLists,
        response: { 200: UserView },
      },
    },
    async (request, reply) => {
      const { id } = request.params;
      const user = await users.edit(
        id,
        (username) => `set the access of user ${username}`,
        (edit) => setAccess(edit, id, request.body),
        changeOf(request),
      );
      return withRevision(reply, user);
    },
  );
  app.patch(
    '/admin/users/:id/own',
    {
      config,
      schema: {
        ...write,
        summary: 'Change a user’s limits, and what they get different from templates',
        body: OwnChange,
        response: { 200: UserView },
      },
    },
    async (request, reply) => {
      const { id } = request.params;
      const user = await users.edit(
        id,
        (username) => `change what is particular to ${username}`,
        (edit) => updateOwnFile(edit, id, request.body),
        changeOf(request),
      );
      return withRevision(reply, user);
    },
  );
  for (const [verb, change, summary] of [
    ['give', giveTemplates, 'Let a user start templates, whatever denied them'],
    ['take', takeTemplates, 'Take templates from a user; their own file goes on denying'],
    ['deny', denyTemplates, 'Deny a user templates, whatever else gives them'],
  ] as const) {
    app.post(
      `/admin/users/:id/access/${verb}`,
      {
        config,
        schema: { ...write, summary, body: TemplateNames, response: { 200: UserView } },
      },
      async (request, reply) => {
        const { id } = request.params;
        const { templates } = request.body;
        const user = await users.edit(
          id,
          (username) => `${verb} user ${username} ${templates.join(', ')}`,
          (edit) => change(edit, id, templates),
          changeOf(request),
        );
        return withRevision(reply, user);
      },
    );
  }
}
