import { ContainersFile, MainFile, UserFile, UsersFile } from '@berth/contract';
import { Ajv, type Options } from 'ajv';
import { faultsOf, type Fault, type Schema } from './explain.ts';
import { MOST_ISSUES } from './issue.ts';

export type { Fault };

/**
 * Validates the value of a file and fills in defaults. Returns what is wrong with it: where that is more
 * than `most`, one more.
 */
export type Validate = (value: unknown, most?: number) => Fault[];

export type Validators = Record<'main' | 'users' | 'containers' | 'user', Validate>;

/** Compiles the schemas of the configuration files. Takes some 75 ms, so it is done once. */
export function createValidators(): Validators {
  const ajv = newAjv({ useDefaults: true });
  return {
    main: validator(MainFile, ajv),
    users: validator(UsersFile, ajv),
    containers: validator(ContainersFile, ajv),
    user: validator(UserFile, ajv),
  };
}

/** Makes validators of other schemas, which fill in nothing. */
export function createExplaining(): (schema: Schema) => Validate {
  const ajv = newAjv({});
  return (schema) => validator(schema, ajv);
}

function newAjv(options: Options): Ajv {
  const ajv = new Ajv({
    ...options,
    allErrors: true,
    // Gives each error the schema it broke, so that messages can use its description.
    verbose: true,
    // It is for editors, as are the descriptions; the messages have both.
    keywords: ['patternErrorMessage'],
    // Without it 0.29 is no multiple of 0.01.
    multipleOfPrecision: 6,
  });
  // A key of the wrong form is an additional one already: to look twice takes a third longer.
  return ajv.removeKeyword('propertyNames').addVocabulary(['propertyNames']);
}

function validator(schema: Schema, ajv: Ajv): Validate {
  const isValid = ajv.compile(schema);
  return (value, most = MOST_ISSUES) =>
    isValid(value) ? [] : faultsOf(schema, isValid.errors ?? [], most + 1);
}
