import { hash } from 'node:crypto';
import type { Account, Config } from '@berth/config';
import type { ConfigView, Limits, Name, Override, Template, TemplateView } from '@berth/contract';

/** What a user may see of the configuration, ready to send. */
export interface RenderedConfig {
  readonly revision: string;
  readonly etag: string;
  /** A string, because Node sends one in one piece with the headers, and bytes apart from them. */
  readonly body: string;
}

/**
 * Renders each user's configuration once for every revision of it. A user's revision depends on
 * nothing but what they get, so that editing one user does not make all others fetch again.
 */
export function createConfigViews(config: () => Config): (account: Account) => RenderedConfig {
  // An account is a new object after each reload, so nothing here outlives its configuration.
  const rendered = new WeakMap<Account, RenderedConfig>();
  return (account) => {
    const known = rendered.get(account);
    if (known !== undefined) return known;
    const content = contentFor(config(), account);
    const revision = hash('sha256', JSON.stringify(content), 'hex').slice(0, 16);
    const view: ConfigView = { revision, ...content };
    const result = { revision, etag: `"${revision}"`, body: JSON.stringify(view) };
    rendered.set(account, result);
    return result;
  };
}

/**
 * Whether two accounts of one user, of an earlier and a later configuration, are shown the same. Does not
 * render them: all accounts are new after a change of the templates or the limits, but few look it.
 */
export function createLookAlike(
  before: Config,
  after: Config,
): (earlier: Account, later: Account) => boolean {
  const plain = new Map<Name, boolean>();
  const viewIn = ({ templates }: Config, name: Name, override: Override = {}): string => {
    const template = templates.get(name);
    return template === undefined ? '' : JSON.stringify(templateView(template, override));
  };
  const isTemplateAlike = (name: Name): boolean => {
    const known = plain.get(name);
    if (known !== undefined) return known;
    const isAlike = viewIn(before, name) === viewIn(after, name);
    plain.set(name, isAlike);
    return isAlike;
  };
  // Most users have the same ones, in one object.
  const texts = new WeakMap<Limits, string>();
  const textOf = (limits: Limits): string => {
    const text = texts.get(limits) ?? JSON.stringify(limits);
    texts.set(limits, text);
    return text;
  };
  return (earlier, later) =>
    earlier.username === later.username &&
    textOf(earlier.limits) === textOf(later.limits) &&
    earlier.templates.size === later.templates.size &&
    later.templates.values().every((name) => {
      if (!earlier.templates.has(name)) return false;
      const [old, fresh] = [earlier.overrides[name], later.overrides[name]];
      if (old === undefined && fresh === undefined) return isTemplateAlike(name);
      return viewIn(before, name, old) === viewIn(after, name, fresh);
    });
}

function contentFor(config: Config, account: Account): Omit<ConfigView, 'revision'> {
  const templates: Record<string, TemplateView> = {};
  for (const name of [...account.templates].toSorted()) {
    const template = config.templates.get(name);
    if (template === undefined) continue;
    templates[name] = templateView(template, account.overrides[name] ?? {});
  }
  const { id, username, limits } = account;
  return { user: { id, username }, limits, templates };
}

function templateView(template: Template, override: Override): TemplateView {
  return {
    description: template.description,
    image: template.image,
    resources: { ...template.resources, ...override.resources },
    volumes: template.volumes.map(({ name, target, persistent }) => ({
      name,
      target,
      persistent: persistent || override.persist === true,
    })),
    ports: template.network.ports,
  };
}
