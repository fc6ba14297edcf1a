import {
  closest,
  ContainersFile,
  MainFile,
  UserFile,
  UsersFile,
  type ContainersFile as ContainersFileType,
} from '@berth/contract';
import { Ajv, type ErrorObject, type ValidateFunction } from 'ajv';

import { issueAt, MOST_ISSUES, type Issue } from './issue.ts';
import { parseYaml, type ParsedYaml, type Path } from './yaml.ts';

export interface ValidFile<T> {
  readonly value: T;
  readonly parsed: ParsedYaml;
}

/** Parses and validates one file, and fills in defaults. Returns every issue found. */
export type FileValidator<T> = (file: string, text: string) => ValidFile<T> | Issue[];

/** Compiles the schemas of the configuration files. Takes some 30 ms, so it is done once. */
export function createValidators(): {
  main: FileValidator<MainFile>;
  users: FileValidator<UsersFile>;
  containers: FileValidator<ContainersFileType>;
  user: FileValidator<UserFile>;
} {
  // verbose gives each error the schema it broke, so that messages can use its description.
  const ajv = new Ajv({
    allErrors: true,
    useDefaults: true,
    verbose: true,
    // Without it 0.29 is no multiple of 0.01.
    multipleOfPrecision: 6,
  });
  return {
    main: fileValidator(ajv.compile<MainFile>(MainFile)),
    users: fileValidator(ajv.compile<UsersFile>(UsersFile)),
    containers: fileValidator(ajv.compile<ContainersFileType>(ContainersFile)),
    user: fileValidator(ajv.compile<UserFile>(UserFile)),
  };
}

function fileValidator<T>(validate: ValidateFunction<T>): FileValidator<T> {
  return (file, text) => {
    const parsed = parseYaml(file, text);
    if (Array.isArray(parsed)) return parsed;
    const { value } = parsed;
    if (validate(value)) return { value, parsed };
    return (validate.errors ?? [])
      .filter((error) => error.keyword !== 'anyOf')
      .slice(0, MOST_ISSUES + 1)
      .map((error) => {
        const { path, want } = placeOf(error);
        return issueAt(file, text, parsed.locate(path, want), explain(error));
      });
  };
}

function placeOf(error: ErrorObject): { path: Path; want: 'key' | 'value' } {
  const path = pointerToPath(error.instancePath);
  if (error.keyword === 'additionalProperties') {
    return { path: [...path, String(error.params['additionalProperty'])], want: 'key' };
  }
  return error.keyword === 'required' ? { path, want: 'key' } : { path, want: 'value' };
}

function pointerToPath(pointer: string): Path {
  return pointer
    .split('/')
    .slice(1)
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'))
    .map((part) => (/^\d+$/.test(part) ? Number(part) : part));
}

function explain(error: ErrorObject): string {
  const schema = (error.parentSchema ?? {}) as {
    description?: string;
    properties?: Record<string, unknown>;
    patternProperties?: Record<string, { description?: string }>;
  };
  const about = schema.description === undefined ? '' : ` (${schema.description})`;
  switch (error.keyword) {
    case 'additionalProperties': {
      const key = String(error.params['additionalProperty']);
      if (schema.properties === undefined) {
        return `${JSON.stringify(key)} is not a valid key here${about}`;
      }
      const near = closest(key, Object.keys(schema.properties));
      const hint =
        near === undefined
          ? ` (allowed: ${Object.keys(schema.properties).join(', ')})`
          : ` (did you mean ${JSON.stringify(near)}?)`;
      return `unknown key ${JSON.stringify(key)}${hint}`;
    }
    case 'required':
      return `the key ${JSON.stringify(error.params['missingProperty'])} is missing`;
    case 'enum':
      return `must be one of ${JSON.stringify(error.params['allowedValues'])}${about}`;
    case 'const':
      return `must be ${JSON.stringify(error.params['allowedValue'])}`;
    case 'pattern':
      return `is not in the right form${about}`;
    default:
      return `${error.message ?? 'is invalid'}${about}`;
  }
}
