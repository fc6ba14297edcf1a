import type { ContainersFile, Name, Template } from '@berth/contract';
import type { Loaded, Report } from './loaded.ts';

/** The templates by name; reports what a schema cannot say. */
export function templatesOf(
  containers: Loaded<ContainersFile>,
  report: Report,
): ReadonlyMap<Name, Template> {
  const templates = new Map(Object.entries(containers.value.containers));
  for (const [name, template] of templates) {
    const names = new Set<string>();
    const targets = new Set<string>();
    template.volumes.forEach((volume, index) => {
      const path = ['containers', name, 'volumes', index];
      if (names.has(volume.name)) {
        report(containers, [...path, 'name'], `another volume of ${name} is called that too`);
      }
      if (targets.has(volume.target)) {
        report(containers, [...path, 'target'], `another volume of ${name} is mounted there too`);
      }
      names.add(volume.name);
      targets.add(volume.target);
    });
    if (template.network.mode === 'none' && template.network.ports.length > 0) {
      report(
        containers,
        ['containers', name, 'network', 'ports'],
        'a container without a network cannot have ports',
      );
    }
  }
  return templates;
}
