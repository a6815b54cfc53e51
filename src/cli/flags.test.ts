import { describe, expect, test } from 'vitest';
import upstream from '../../test/contract/upstream/flags.json' with { type: 'json' };
import { stockArguments } from '../../test/support/stock-arguments.ts';
import { acceptedFlags } from './accepted-flags.ts';
import { controllerCommand } from './controller.ts';
import { controllerFlags, planningFlags, serverFlags } from './flag-table.ts';
import type { FlagType } from './flag-types.ts';
import { settled, unheededIn } from './flags.ts';

/** What the controller makes of its arguments, without starting. */
const parse = (...args: readonly string[]): Readonly<Record<string, unknown>> => {
  let flags: Readonly<Record<string, unknown>> = {};
  const command = controllerCommand(() => {})
    .exitOverride()
    .configureOutput({ writeErr: () => {} })
    .action((_program: string | undefined, given: Readonly<Record<string, unknown>>) => void (flags = settled(given)));
  command.parse(args, { from: 'user' });
  return flags;
};

const complaint = (...args: readonly string[]): string => {
  try {
    parse(...args);
  } catch (error) {
    return error instanceof Error ? error.message : '';
  }
  return '';
};

test('every flag of ingress-nginx is known, once', () => {
  const tables = [planningFlags, serverFlags, controllerFlags, ...acceptedFlags.map(({ flags }) => flags)];
  const known = tables.flatMap((table) => Object.keys(table));
  // The name alone prints the version; every command has it.
  expect([...known, 'version'].toSorted()).toEqual(upstream.flags.toSorted());
});

test('every default is one that the flag takes', () => {
  const tables = [planningFlags, serverFlags, controllerFlags, ...acceptedFlags.map(({ flags }) => flags)];
  const flags = tables.flatMap((table) => Object.values<{ readonly type: FlagType; readonly default?: string }>(table));
  const defaults = flags.filter((flag) => flag.default !== undefined);
  expect(defaults.map(({ type, default: usual = '' }) => String(type.parse(usual)))).toEqual(
    defaults.map(({ default: usual }) => usual),
  );
});

describe('arguments of a stock installation of ingress-nginx', () => {
  test('are taken', () => {
    expect(parse(...stockArguments)).toMatchObject({
      controllerClass: 'k8s.io/ingress-nginx',
      ingressClass: 'nginx',
      configmap: 'ingress-nginx/ingress-nginx-controller',
      annotationsPrefix: 'nginx.ingress.kubernetes.io',
      healthzPort: 10_254,
    });
  });

  test('without an effect are told', () => {
    expect(unheededIn(parse(...stockArguments)).map(({ names }) => names)).toEqual([
      ['--publish-service', '--election-id'],
      ['--validating-webhook', '--validating-webhook-certificate', '--validating-webhook-key'],
    ]);
  });

  test('mean the same with a space in place of "="', () => {
    const spaced = stockArguments.flatMap((argument) => argument.split('='));
    expect(parse(...spaced)).toEqual(parse(...stockArguments));
  });
});

describe('a flag', () => {
  test.each([
    ['is on without a value', ['--disable-catch-all'], { disableCatchAll: true }],
    ['takes what Go takes for true', ['--disable-catch-all=T'], { disableCatchAll: true }],
    ['takes what Go takes for false', ['--disable-catch-all=0'], { disableCatchAll: false }],
    ['that is empty has its default', ['--http-port='], { httpPort: 80 }],
    ['has the short form of klog', ['-v=5'], { v: 5 }],
    ['has the long form of klog', ['--v=5'], { v: 5 }],
  ])('%s', (_, args, expected) => {
    expect(parse(...args)).toMatchObject(expected);
  });

  test('that is empty and has no default is not set', () => {
    expect(parse('--watch-namespace=', '--publish-service=')).toEqual(parse());
  });

  test.each([
    ['of another type', ['--sync-period=soon'], /a duration/],
    ['that nobody knows', ['--nonsense'], /unknown option/],
    ['with a selector that is none', ['--watch-namespace-selector=a>3'], /a label selector/],
    ['with a path that would be no path in NGINX', ['--health-check-path=/a;'], /expected a path/],
    ['with the path of all requests', ['--health-check-path=/'], /expected a path/],
    ['after another program', ['/bin/sh', '--http-port=80'], /flags only/],
    ['that excludes another', ['--watch-namespace=a', '--watch-namespace-selector=b'], /exclude each other/],
    ['that excludes another', ['--publish-service=a/b', '--publish-status-address=::1'], /exclude each other/],
    ['that needs another', ['--metrics-per-undefined-host', '--metrics-per-host=false'], /needs --metrics-per-host/],
  ])('%s is refused', (_, args, message) => {
    expect(complaint(...args)).toMatch(message);
  });

  test.each([
    ['--update-status=false', []],
    ['--deep-inspect=true', []],
    ['--enable-annotation-validation=true', []],
    ['--update-status=true', ['--update-status']],
    ['--deep-inspect=false', ['--deep-inspect']],
    ['--enable-metrics', ['--enable-metrics']],
  ])('%s is told only where something else happens', (argument, names) => {
    expect(unheededIn(parse(argument)).flatMap((group) => group.names)).toEqual(names);
  });
});
