import { ProblemBody } from '@berth/contract';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { Check } from 'typebox/value';
import type { Document } from './document.ts';
import type { Answer } from './house.ts';
import type { FuzzRequest } from './requests.ts';

/** What is wrong with an answer, by the document; undefined where nothing is. */
export type Judge = (request: FuzzRequest, answer: Answer) => string | undefined;

/** Judges by another validator than the one that the server uses. */
export function createJudge(document: Document): Judge {
  const ajv = new Ajv2020({ strict: false, allErrors: true });
  ajv.addSchema(document, 'api');

  const judgeText = (pointer: string, text: string): string | undefined => {
    let value: unknown;
    try {
      value = JSON.parse(text);
    } catch {
      return `is not JSON: ${text}`;
    }
    const validate = ajv.getSchema(`api#${pointer}`);
    if (validate === undefined) throw new Error(`${pointer} is not in the document`);
    if (validate(value) === true) return undefined;
    return `${ajv.errorsText(validate.errors)}: ${text}`;
  };

  return ({ method, template, path }, { status, type, body }) => {
    if (status >= 500) return `failed: ${body}`;
    if (template === undefined) {
      const isRefused =
        status >= 400 && (method === 'HEAD' || Check(ProblemBody, JSON.parse(body)));
      return isRefused ? undefined : `${path} is not in the document, and answers ${body}`;
    }
    const operation = document.paths[template]?.[method.toLowerCase()];
    const declared = operation?.responses ?? {};
    const name = [String(status), `${String(status)[0]}XX`].find((one) => one in declared);
    if (name === undefined) return `answers ${status}, which is not declared: ${body}`;
    const content = Object.keys(declared[name]?.content ?? {});
    if (content.length === 0) return body === '' ? undefined : `has a body: ${body}`;
    const media = content.find((one) => type.split(';', 1)[0] === one);
    if (media === undefined) return `is ${type}, which is not declared: ${body}`;
    const pointer = ['paths', template, method.toLowerCase(), 'responses', name, 'content', media]
      .map((part) => `/${part.replaceAll('~', '~0').replaceAll('/', '~1')}`)
      .join('');
    switch (media) {
      case 'application/json':
        return judgeText(`${pointer}/schema`, body);
      case 'application/x-ndjson':
        return body
          .split('\n')
          .slice(0, -1)
          .map((line) => judgeText(`${pointer}/schema`, line))
          .find((fault) => fault !== undefined);
      default:
        return undefined;
    }
  };
}
