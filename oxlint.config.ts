import { defineConfig, type OxlintOverride } from 'oxlint';

/** Which of our packages each package may import: imports point one way. */
const MAY_IMPORT: Record<string, readonly string[]> = {
  contract: [],
  config: ['contract'],
  engine: ['contract'],
  logs: ['contract'],
  'api-client': ['contract'],
  server: ['contract', 'config', 'engine', 'logs'],
  cli: ['contract', 'config', 'engine', 'logs', 'api-client'],
  web: ['contract', 'api-client'],
  testbed: ['contract', 'config', 'engine', 'logs', 'api-client'],
};

/** These use what tests use. */
const TEST_PROGRAMS = ['e2e', 'bench', 'torture'];

/** The server’s features: one never imports another; `main.ts` hands it the function it needs. */
const FEATURES = [
  'accounts',
  'audit',
  'templates',
  'containers',
  'events',
  'monitoring',
  'terminals',
  'documentation',
];

const PACKAGES = [...Object.keys(MAY_IMPORT), ...TEST_PROGRAMS];
const TESTS = ['**/*.test.ts', '**/*.test.tsx', '**/testing/**'];

type Rules = NonNullable<OxlintOverride['rules']>;

interface Restriction {
  regex: string;
  message: string;
}

/** The import rules of a folder: for its programs, then for its tests, which may use test support. */
function boundaries(
  folder: string,
  allowed: readonly string[],
  more: Restriction[] = [],
): OxlintOverride[] {
  const restrict = (packages: readonly string[], also: Restriction[]): Rules => {
    const forbidden = PACKAGES.filter((name) => !packages.includes(name)).join('|');
    return {
      'no-restricted-imports': [
        'error',
        {
          patterns: [
            {
              regex: `^@berth/(${forbidden})(/|$)`,
              message: `${folder} must not import this package: oxlint.config.ts says what it may.`,
            },
            {
              regex: '^\\.{1,2}/(.*/)?(src|packages)/',
              message: 'Import another package by its name, never by a path.',
            },
            ...more,
            ...also,
          ],
        },
      ],
    };
  };
  const testing = {
    regex: '^@berth/[^/]+/testing(/|$)',
    message: 'This is support for tests.',
  };
  return [
    {
      files: [`${folder}/**`],
      rules: restrict(allowed, TEST_PROGRAMS.includes(folder) ? [] : [testing]),
    },
    {
      files: TESTS.map((pattern) => `${folder}/${pattern}`),
      rules: restrict([...allowed, 'testbed'], []),
    },
  ];
}

export default defineConfig({
  plugins: ['eslint', 'typescript', 'unicorn', 'oxc', 'import', 'promise', 'node', 'vitest'],
  categories: { correctness: 'error', suspicious: 'error', perf: 'error' },
  options: { typeAware: true, denyWarnings: true, reportUnusedDisableDirectives: 'error' },
  rules: {
    // Promises are awaited, or deliberately not.
    'typescript/no-floating-promises': 'error',
    'typescript/no-misused-promises': 'error',
    'typescript/await-thenable': 'error',
    'typescript/return-await': ['error', 'in-try-catch'],
    'typescript/only-throw-error': 'error',
    'typescript/prefer-promise-reject-errors': 'error',

    // Types are true.
    'typescript/no-explicit-any': 'error',
    'typescript/no-non-null-assertion': 'error',
    'typescript/no-unsafe-argument': 'error',
    'typescript/no-unsafe-assignment': 'error',
    'typescript/no-unsafe-call': 'error',
    'typescript/no-unsafe-member-access': 'error',
    'typescript/no-unsafe-return': 'error',
    'typescript/no-unnecessary-condition': ['error', { allowConstantLoopConditions: true }],
    'typescript/switch-exhaustiveness-check': [
      'error',
      { considerDefaultExhaustiveForUnions: true },
    ],
    'typescript/ban-ts-comment': 'error',
    'typescript/no-deprecated': 'error',
    'typescript/consistent-type-imports': ['error', { fixStyle: 'inline-type-imports' }],

    // Modules are plain.
    'import/no-cycle': 'error',
    'import/no-duplicates': 'error',
    'import/no-default-export': 'error',
    'import/no-mutable-exports': 'error',
    'import/no-unassigned-import': ['error', { allow: ['**/require-node.cjs'] }],
    'unicorn/prefer-node-protocol': 'error',
    'unicorn/no-process-exit': 'error',
    'no-console': 'error',
    eqeqeq: 'error',
    'prefer-const': 'error',
    'no-var': 'error',
    'no-empty': 'error',
    'no-fallthrough': 'error',
    'no-warning-comments': 'error',

    'vitest/no-identical-title': 'error',
    'vitest/valid-expect': ['error', { maxArgs: 2 }], // the second says what went wrong
    'vitest/no-standalone-expect': [
      'error',
      { additionalTestBlockFunctions: ['beforeAll', 'beforeEach', 'afterEach', 'afterAll'] },
    ],
    'vitest/no-restricted-vi-methods': [
      'error',
      {
        mock: 'Hand the dependency in; a mock stands only at a port.',
        doMock: 'Hand the dependency in; a mock stands only at a port.',
      },
    ],

    // What our style does on purpose.
    'no-await-in-loop': 'off', // order matters where an engine is told what to do
    'vitest/expect-expect': 'off', // that it succeeds is often what is tested
    'vitest/valid-describe-callback': 'off', // a callback may pass on to a shared suite
    'promise/always-return': 'off', // no-floating-promises sees what matters
    'typescript/unbound-method': 'off', // factories return functions; nothing of ours uses `this`
    'unicorn/require-post-message-target-origin': 'off', // it takes a thread’s port for a window
    'oxc/no-async-endpoint-handlers': 'off', // it takes Fastify for Express
    'oxc/no-map-spread': 'off', // immutable updates; none is hot
    'unicorn/consistent-function-scoping': 'off', // a small function lives where it is used
    'typescript/no-unsafe-type-assertion': 'off', // at the edges, once a schema has passed
    'typescript/no-misused-spread': ['error', { allow: ['string'] }],
  },
  overrides: [
    { files: ['*.config.ts'], rules: { 'import/no-default-export': 'off' } },
    // Expectations are written with values of type any.
    { files: TESTS, rules: { 'typescript/no-unsafe-assignment': 'off' } },
    // What a person runs by hand talks to them directly.
    { files: ['scripts/**', 'bench/**', 'torture/**'], rules: { 'no-console': 'off' } },
    { files: ['scripts/require-node.cjs'], rules: { 'unicorn/no-process-exit': 'off' } },
    {
      files: ['packages/contract/src/**'],
      excludeFiles: TESTS,
      rules: {
        'import/no-nodejs-modules': 'error', // it runs in a browser too
        'no-restricted-globals': ['error', 'process', 'Buffer', 'global', 'setImmediate'],
      },
    },
    ...Object.entries(MAY_IMPORT).flatMap(([name, allowed]) =>
      boundaries(`packages/${name}`, allowed),
    ),
    ...TEST_PROGRAMS.flatMap((name) =>
      boundaries(name, [...(MAY_IMPORT['testbed'] ?? []), 'testbed']),
    ),
    ...FEATURES.flatMap((feature) =>
      boundaries(`packages/server/src/${feature}`, MAY_IMPORT['server'] ?? [], [
        {
          regex: `^(\\./)?(\\.\\./)+(${FEATURES.filter((other) => other !== feature).join('|')})(/|$)`,
          message: 'A feature does not import another: main.ts hands it the function it needs.',
        },
      ]),
    ),
  ],
});
