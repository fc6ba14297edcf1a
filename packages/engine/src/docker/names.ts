import type { EngineId } from '../port.ts';

/**
 * dockerode puts ids and names into URLs as they are: `bob/kill?x=` would kill bob, and `..` end the
 * process. What passes here is safe there. Anything else is a bug of ours, not of the user.
 */

const ID = /^[0-9a-f]{64}$/;
const NAME = /^[A-Za-z0-9][A-Za-z0-9_.-]*$/;

const DOMAIN = /[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?/.source;
const PATH = /[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*/.source;
/** The grammar of github.com/distribution/reference, as far as it concerns us. */
const REFERENCE = new RegExp(
  `^(?:${DOMAIN}(?:\\.${DOMAIN})*(?::[0-9]+)?/)?${PATH}(?:/${PATH})*(?::\\w[\\w.-]{0,127})?(?:@sha256:[0-9a-f]{64})?$`,
);

function isEngineId(text: string): text is EngineId {
  return ID.test(text);
}

/** The id, once it is certain to be one. */
export function checkedId(text: string): EngineId {
  if (!isEngineId(text)) throw new Error(`Not a container’s id: ${JSON.stringify(text)}`);
  return text;
}

/** The name of a container, network or volume, once it is certain to be one. */
export function checkedName(name: string): string {
  if (!NAME.test(name)) throw new Error(`Not a name in the engine: ${JSON.stringify(name)}`);
  return name;
}

export function isReference(text: string): boolean {
  return REFERENCE.test(text);
}

/** The reference with its tag: without one the engine would fetch every tag there is. */
export function withTag(reference: string): string {
  return /:[^/]+$/.test(reference) ? reference : `${reference}:latest`;
}
