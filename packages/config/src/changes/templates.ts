import { Problem, type Name } from '@berth/contract';
import type { Edit } from '../store/edit.ts';
import type { JsonObject } from '../yaml/json.ts';
import { checkForm } from './form.ts';
import { findTemplates } from './find.ts';
import { applyPatch } from './patch.ts';
import { referencesTo, removeReferences, type Reference } from './references.ts';

const FILE = 'containers.yaml';

/**
 * Throws `conflict` for a name that is taken.
 *
 * @param template as people write it: what has a default may be left out
 */
export function addTemplate(edit: Edit, name: Name, template: JsonObject): void {
  if (edit.value(FILE, ['containers', name]) !== undefined) {
    throw new Problem('conflict', `There is a template ${name} already.`);
  }
  edit.set(FILE, ['containers', name], template);
  checkTemplate(edit, name);
}

/** Changes keys of a template, as RFC 7396 has it: null takes one away, lists are replaced. */
export function updateTemplate(edit: Edit, name: Name, patch: JsonObject): void {
  findTemplates(edit.config, [name]);
  applyPatch(edit, FILE, ['containers', name], patch);
  checkTemplate(edit, name);
}

/** Puts another template in the place of one. */
export function replaceTemplate(edit: Edit, name: Name, template: JsonObject): void {
  findTemplates(edit.config, [name]);
  edit.set(FILE, ['containers', name], template);
  checkTemplate(edit, name);
}

/**
 * Throws `conflict` where users still refer to the template, with who and where in
 * `details.references`; with `force` these references go with it, also from lists that
 * `admin_editable: false` closes: a template that they name cannot go.
 */
export function removeTemplate(edit: Edit, name: Name, { force = false } = {}): Reference[] {
  findTemplates(edit.config, [name]);
  const references = referencesTo(edit, name);
  if (references.length > 0 && !force) throw stillReferredTo(name, references);
  removeReferences(edit, name, references);
  edit.set(FILE, ['containers', name], undefined);
  return references;
}

function checkTemplate(edit: Edit, name: Name): void {
  checkForm(edit, FILE, ['containers', name], `The template ${name}`);
}

const MOST_NAMED = 10;

const closedText = ({ closed_by: place }: Reference): string =>
  place === null ? '' : `, which ${place.file}:${place.line}:${place.column} closes to edits`;

function stillReferredTo(name: Name, references: readonly Reference[]): Problem {
  const lines = references
    .slice(0, MOST_NAMED)
    .map(
      (reference) => `  ${reference.username} (${reference.in.join(', ')})${closedText(reference)}`,
    );
  const more = references.length - lines.length;
  if (more > 0) lines.push(`  and ${more} more`);
  return new Problem(
    'conflict',
    `Users still refer to the template ${name}. Take it from them first:\n${lines.join('\n')}`,
    { details: { references } },
  );
}
