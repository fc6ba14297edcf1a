import { X509Certificate } from 'node:crypto';
import { isIP } from 'node:net';
import { hostname } from 'node:os';
import { resolve } from 'node:path';
import { domainToASCII } from 'node:url';
import { commandLine, initConfig } from '@berth/config';
import { MainFile, Problem } from '@berth/contract';
import { Command, InvalidArgumentError } from 'commander';
import { Check } from 'typebox/value';
import { makeSelfSigned } from '../certificate/self-signed.ts';
import {
  configOption,
  jsonOption,
  parseName,
  wholeNumber,
  type CommonOptions,
  type Output,
} from './options.ts';

interface InitOptions extends CommonOptions {
  readonly engineHost: string;
  readonly prefix: string;
  readonly port: number;
  readonly selfSigned?: true;
  readonly host?: readonly string[];
}

export function initCommand(output: Output): Command {
  return new Command('init')
    .summary('write a new configuration')
    .description(
      'Writes a new configuration that loads as it is, and shows the admin’s password once.',
    )
    .addOption(configOption())
    .addOption(jsonOption())
    .option(
      '--engine-host <url>',
      'where the engine answers',
      parseEngineHost,
      'unix:///var/run/docker.sock',
    )
    .option('--prefix <name>', 'first part of every name in the engine', parseName, 'berth')
    .option('--port <number>', 'port to serve on', parsePort, 8420)
    .option('--self-signed', 'make a certificate, and serve HTTPS on all addresses')
    .option(
      '--host <name>',
      'name or address by which the server is reached, for the certificate; may be given several times',
      parseHost,
    )
    .action(async (options: InitOptions) => {
      const directory = resolve(options.config);
      if (options.selfSigned !== true && options.host !== undefined) {
        throw new Problem('usage', '--host is for --self-signed: it goes into the certificate.');
      }
      const hosts = hostsOf(options.host ?? [hostname().toLowerCase()].filter(isHost));
      const certificate = options.selfSigned && (await makeSelfSigned(hosts, new Date()));
      const { adminPassword } = await initConfig({
        directory,
        engineHost: options.engineHost,
        prefix: options.prefix,
        port: options.port,
        certificate,
      });
      const fingerprint = certificate && new X509Certificate(certificate.cert).fingerprint256;
      if (options.json === true) {
        output.json({
          directory,
          username: 'admin',
          password: adminPassword,
          certificate: fingerprint === undefined ? null : { fingerprint, hosts },
        });
        return;
      }
      output.line(`Wrote a new configuration to ${directory}.`);
      output.line('');
      output.line(`  Admin user:     admin`);
      output.line(`  Admin password: ${adminPassword}`);
      output.line('');
      if (fingerprint !== undefined) {
        output.line(`  Certificate for: ${hosts.join(', ')}`);
        output.line(`  Its fingerprint (SHA-256):`);
        output.line(`  ${fingerprint}`);
        output.line('');
        output.line('Clients that see this fingerprint have reached this server, and no other.');
      }
      output.line('The password is shown only now; only its hash was stored.');
      output.line(`Next: ${commandLine(directory, 'serve')}`);
    });
}

function parseEngineHost(text: string): string {
  if (Check(MainFile.properties.engine.properties.host, text)) return text;
  throw new InvalidArgumentError('It must be unix:///PATH or tcp://HOST:PORT.');
}

/** Behind those that are asked for, those by which the machine reaches itself. */
const hostsOf = (asked: readonly string[]): readonly [string, ...string[]] => {
  const [first, ...others] = new Set([...asked, 'localhost', '127.0.0.1', '::1']);
  return [first ?? 'localhost', ...others];
};

const LABEL = '[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?';
const HOST_NAME = new RegExp(`^(?=.{1,253}$)${LABEL}(\\.${LABEL})*$`);

const isHost = (text: string): boolean =>
  isIP(text) === 0 ? HOST_NAME.test(text) : !text.includes('%');

function parseHost(text: string, before: readonly string[] = []): string[] {
  const host = isIP(text) === 0 ? domainToASCII(text) : text;
  // It makes an address of 1.2.3.
  if (isHost(host) && isIP(host) === isIP(text)) return [...before, host];
  throw new InvalidArgumentError('It must be the name of a host, or an IP address.');
}

function parsePort(text: string): number {
  const port = wholeNumber(text);
  if (port !== undefined && port <= 65_535) return port;
  throw new InvalidArgumentError('It must be a number from 0 to 65535.');
}
