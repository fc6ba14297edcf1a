import { Type, type Static } from 'typebox';
import { Name, Uuid } from '../names.ts';

/** What a user calls a server they log in to. */
export const ContextName = Type.String({
  pattern: '^[a-z0-9][a-z0-9.-]{0,63}$',
  description: 'Lower-case letters, digits, dots and hyphens; at most 64.',
});
export type ContextName = Static<typeof ContextName>;

/**
 * One server and the client that this user is there. Every server gets a client of its own: what one
 * server learns of it is worth nothing at another.
 */
export const ClientContext = Type.Object(
  {
    server: Type.String({
      pattern: '^https?://[^\\s/?#@]+(/[^\\s?#]*[^\\s?#/])?$',
      description: 'Address of the server, as in https://berth.example:8420.',
    }),
    client: Uuid,
    secret: Type.String({
      pattern: '^[A-Za-z0-9_-]{43}$',
      description: 'The client’s secret: 43 characters that nobody else may see.',
    }),
    user: Type.Optional(
      Type.Evaluate(Name, {
        description: 'Who this is on the server; absent until an admin approved it.',
      }),
    ),
  },
  { additionalProperties: false },
);
export type ClientContext = Static<typeof ClientContext>;

/** The user’s own `config.yaml`, which `berth login` writes. */
export const ClientFile = Type.Object(
  {
    version: Type.Literal(1),
    current: Type.Optional(
      Type.Evaluate(ContextName, { description: 'The context that commands use.' }),
    ),
    contexts: Type.Record(ContextName, ClientContext, { additionalProperties: false }),
  },
  { additionalProperties: false },
);
export type ClientFile = Static<typeof ClientFile>;
