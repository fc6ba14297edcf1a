import { Problem, type ProblemBody } from '@berth/contract';
import type { Static, TSchema } from 'typebox';
import { Check } from 'typebox/value';
import type { ApiResponse } from './transport.ts';
import { notBerth } from './unreachable.ts';

/** Far above any true answer: 5,000 containers take 3 MB. */
const MAX_ANSWER_BYTES = 64 * 1024 * 1024;

/**
 * The value in the shape of the schema, or undefined where it does not have it. What the schema does
 * not name is left out: a newer server may say more than this client knows. The keys of maps stay
 * strict, as those are data.
 */
export function parse<T extends TSchema>(schema: T, value: unknown): Static<T> | undefined {
  const known = pick(schema, value);
  return Check(schema, known) ? known : undefined;
}

function pick(schema: unknown, value: unknown): unknown {
  if (!isObject(schema) || !isObject(value)) return value;
  if (Array.isArray(value)) return value.map((item) => pick(schema['items'], item));
  const { anyOf, properties, patternProperties } = schema;
  if (Array.isArray(anyOf)) {
    const variants = anyOf.map((variant: TSchema) => parse(variant, value));
    return variants.find((variant) => variant !== undefined);
  }
  if (isObject(properties)) {
    const named = Object.entries(properties).filter(([key]) => key in value);
    return Object.fromEntries(named.map(([key, property]) => [key, pick(property, value[key])]));
  }
  if (isObject(patternProperties)) {
    const [item] = Object.values(patternProperties);
    return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, pick(item, each)]));
  }
  return value;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

/** Reads an answer to its end as JSON. What is not JSON did not come from Berth. */
export async function readJson(server: string, response: ApiResponse): Promise<unknown> {
  const decoder = new TextDecoder();
  let text = '';
  for await (const chunk of response.body) {
    text += decoder.decode(chunk, { stream: true });
    if (text.length > MAX_ANSWER_BYTES) throw notBerth(server);
  }
  if (!isJson(response.header('content-type'))) throw notBerth(server);
  return parseJson(server, text + decoder.decode());
}

function isJson(contentType: string | undefined): boolean {
  return contentType !== undefined && /^application\/([\w.-]+\+)?json\b/.test(contentType);
}

export function parseJson(server: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw notBerth(server, error);
  }
}

/** The Problem that the server answered; its `details` also hold the `request_id`. */
export function problemOf(body: ProblemBody): Problem {
  return new Problem(body.code, body.message, {
    details: { ...body.details, request_id: body.request_id },
  });
}
