import { formProblem } from '@berth/config';
import { createExplaining, type Validate } from '@berth/config/validate';
import { Problem } from '@berth/contract';
import type { FastifySchemaCompiler } from 'fastify';
import type { TSchema } from 'typebox';
import { Compile, type Validator } from 'typebox/compile';
import { Convert } from 'typebox/value';

/** Parts of a request, at the start of a sentence. */
const PARTS: Readonly<Record<string, string>> = {
  body: 'The body',
  querystring: 'What follows the "?"',
  params: 'The path',
  headers: 'The headers',
};

/**
 * Makes what checks requests. Only what is refused is looked at a second time, by what explains mistakes
 * in the files too, so that both are told in the same words.
 */
export function createValidation(): FastifySchemaCompiler<TSchema> {
  let explaining: ReturnType<typeof createExplaining> | undefined;
  return ({ schema, httpPart = '' }) => {
    // Compiling the schemas of all routes at the start would delay the first answer.
    let validator: Validator | undefined;
    let explain: Validate | undefined;
    return (sent: unknown) => {
      // All but a body is text.
      const value = httpPart === 'body' ? sent : Convert(schema, sent);
      if ((validator ??= Compile(schema)).Check(value)) return { value };
      explain ??= (explaining ??= createExplaining())(schema);
      return { error: malformed(PARTS[httpPart] ?? 'The request', explain(value)) };
    };
  };
}

function malformed(part: string, faults: ReturnType<Validate>): Problem {
  if (faults.length > 0) return formProblem(`${part} cannot be taken like this`, faults);
  return new Problem('bad_request', `${part} is not of the form that the reference describes.`);
}
