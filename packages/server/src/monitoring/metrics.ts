import type { Family } from './families.ts';

/** What `GET /metrics` answers: text for Prometheus. */
export const METRICS_TYPE = 'text/plain; version=0.0.4; charset=utf-8';

/**
 * Text for Prometheus, with what the process says of itself. Loads what makes it only when it is first
 * asked for: a server that nobody scrapes needs none.
 *
 * @param families are asked for each time
 */
export function createMetrics(families: () => Promise<readonly Family[]>): () => Promise<string> {
  let loading: Promise<Prometheus> | undefined;
  return async () => (await (loading ??= loadPrometheus())).text(await families());
}

interface Prometheus {
  text(families: readonly Family[]): Promise<string>;
}

async function loadPrometheus(): Promise<Prometheus> {
  const { Registry, Gauge, Counter, collectDefaultMetrics } = await import('prom-client');
  const own = new Registry();
  collectDefaultMetrics({ register: own });
  // Gauges that are named as if they were counters, which promtool refuses; each has a twin by type.
  for (const kind of ['handles', 'requests', 'resources']) {
    own.removeSingleMetric(`nodejs_active_${kind}_total`);
  }
  return {
    text: async (families) => {
      const registry = new Registry();
      for (const { kind, name, help, samples } of families) {
        const labelNames = Object.keys(samples[0]?.labels ?? {});
        const options = { name, help, labelNames, registers: [registry] };
        if (kind === 'counter') {
          const counter = new Counter(options);
          for (const { labels, value } of samples) counter.inc(labels, value);
        } else {
          const gauge = new Gauge(options);
          for (const { labels, value } of samples) gauge.set(labels, value);
        }
      }
      return `${await own.metrics()}\n${await registry.metrics()}`;
    },
  };
}
