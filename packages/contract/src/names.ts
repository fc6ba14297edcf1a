import type { Static } from 'typebox';
import { Form } from './form.ts';

/** Names of users, templates, volumes, networks and containers: a DNS label that starts with a letter. */
export const Name = Form(
  '^[a-z][a-z0-9-]{0,31}$',
  'lower-case letters, digits and hyphens, starting with a letter; at most 32',
);
export type Name = Static<typeof Name>;

/** UUID version 4 in lower case, as `crypto.randomUUID()` makes them. */
export const Uuid = Form(
  '^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$',
  'a UUID version 4, in lower case, as `uuidgen` makes them',
);
export type Uuid = Static<typeof Uuid>;

/**
 * How a user says which of their containers is meant: its UUID, or `template`, or `template.name`.
 * It is resolved among the user's own containers only, so it can never reach another's.
 */
export const ContainerRef = Form(
  '^([0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|[a-z][a-z0-9-]{0,31}(\\.[a-z][a-z0-9-]{0,31})?)$',
  'a container: its UUID, its template, or template.name',
);
export type ContainerRef = Static<typeof ContainerRef>;

/** `template`, or `template.name` for a container that was started with a name of its own. */
export function containerTitle(container: { template: Name; name?: Name | undefined }): string {
  return container.name === undefined
    ? container.template
    : `${container.template}.${container.name}`;
}
