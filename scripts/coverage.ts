import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Report } from 'c8';
import { parseAst } from 'rolldown/parseAst';

/** Percent of lines and of branches that tests must run, over all of packages/. */
export const FLOOR = 90;

/** The part of an Istanbul `json-summary` report that we read: a key per file, and `total`. */
export interface CoverageSummary {
  readonly [file: string]: { readonly lines: Ratio; readonly branches: Ratio };
  readonly total: { readonly lines: Ratio; readonly branches: Ratio };
}

interface Ratio {
  /** `Unknown` where there is nothing to cover. */
  readonly pct: number | 'Unknown';
}

/**
 * Sums up what V8 wrote into `collected`, for the packages in the current folder: their programs, not
 * their tests and test support. `reports` is a folder to write in.
 */
export async function summarizeCoverage(
  collected: string,
  reports: string,
): Promise<CoverageSummary> {
  const exclude = ['**/*.test.ts', '**/testing/**', 'packages/testbed/**'];
  // Not glob(): knip takes its pattern for imports, and then finds nothing unused.
  for (const file of await readdir('packages', { recursive: true })) {
    if (!/^[^/]+\/src\/.*\.ts$/.test(file)) continue;
    if (isTypesOnly(await readFile(`packages/${file}`, 'utf8'))) exclude.push(`packages/${file}`);
  }
  const options = {
    tempDirectory: collected,
    reportsDirectory: reports,
    reporter: ['json-summary'],
    src: ['packages'],
    include: ['packages/*/src/**/*.ts'],
    exclude,
    all: true,
    // One file at a time: there is one for each process that the tests started.
    mergeAsync: true,
  };
  await new Report(options).run();
  const summary = await readFile(join(reports, 'coverage-summary.json'), 'utf8');
  return JSON.parse(summary) as CoverageSummary;
}

/** Whether enough was run, and what to read: each file below the floor, the worst first; the whole. */
export function judgeCoverage(
  summary: CoverageSummary,
  root: string,
): { ok: boolean; poor: string[]; total: string } {
  const { total, ...files } = summary;
  const describe = ({ lines, branches }: CoverageSummary['total']) =>
    `${percent(lines).toFixed(1)} % of lines, ${percent(branches).toFixed(1)} % of branches`;
  const worst = ({ lines, branches }: CoverageSummary['total']) =>
    Math.min(percent(lines), percent(branches));
  return {
    ok: worst(total) >= FLOOR,
    poor: Object.entries(files)
      .filter(([, ratios]) => worst(ratios) < FLOOR)
      .toSorted(([, a], [, b]) => worst(a) - worst(b))
      .map(([file, ratios]) => `${file.replace(`${root}/`, '')}: ${describe(ratios)}`),
    total: describe(total),
  };
}

function percent({ pct }: Ratio): number {
  return pct === 'Unknown' ? 100 : pct;
}

/**
 * Whether a module holds only types. Nothing loads such a module when the program runs, so that V8
 * never sees it, and it would count as not covered.
 */
export function isTypesOnly(source: string): boolean {
  return parseAst(source, { lang: 'ts' }).body.every((statement) => {
    switch (statement.type) {
      case 'TSInterfaceDeclaration':
      case 'TSTypeAliasDeclaration':
        return true;
      case 'ImportDeclaration':
        return statement.importKind === 'type';
      case 'ExportNamedDeclaration':
      case 'ExportAllDeclaration':
        return statement.exportKind === 'type';
      default:
        return false;
    }
  });
}
