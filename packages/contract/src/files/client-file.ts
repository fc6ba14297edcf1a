import { Type, type Static } from 'typebox';
import { Form } from '../form.ts';
import { Name, Uuid } from '../names.ts';
import { FileVersion } from './file-version.ts';

/** What a user calls a server they log in to. */
export const ContextName = Form(
  '^[a-z0-9][a-z0-9.-]{0,63}$',
  'lower-case letters, digits, dots and hyphens; at most 64',
);
export type ContextName = Static<typeof ContextName>;

/**
 * One server and the client that this user is there. Every server gets a client of its own: what one
 * server learns of it is worth nothing at another.
 */
export const ClientContext = Type.Object(
  {
    server: Form(
      '^https?://[^\\s/?#@]+(/[^\\s?#]*[^\\s?#/])?$',
      'an address such as https://berth.example:8420, without a "/" at its end',
      { description: 'Address of the server, as in https://berth.example:8420.' },
    ),
    client: Type.Evaluate(Uuid, { description: 'What names this client at the server.' }),
    secret: Form('^[A-Za-z0-9_-]{43}$', '43 letters, digits, - and _', {
      description: 'The client’s secret: 43 characters that nobody else may see.',
    }),
    user: Type.Optional(
      Type.Evaluate(Name, {
        description: 'Who this is on the server; absent until an admin approved it.',
      }),
    ),
  },
  { additionalProperties: false, description: 'A server, and who this user is there.' },
);
export type ClientContext = Static<typeof ClientContext>;

/** The user’s own `config.yaml`, which `berth login` writes. */
export const ClientFile = Type.Object(
  {
    version: FileVersion,
    current: Type.Optional(
      Type.Evaluate(ContextName, { description: 'The context that commands use.' }),
    ),
    contexts: Type.Record(ContextName, ClientContext, {
      propertyNames: ContextName,
      additionalProperties: false,
      description: 'The servers this user is logged in to, by context name.',
    }),
  },
  { additionalProperties: false, description: 'The user’s own file, on the user’s machine.' },
);
export type ClientFile = Static<typeof ClientFile>;
