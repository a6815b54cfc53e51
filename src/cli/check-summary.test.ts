import { expect, test } from 'vitest';
import { testOptions } from '../../test/support/plan-options.ts';
import { stateOfYaml } from '../../test/support/state-of-yaml.ts';
import { summaryOf } from './check-summary.ts';

const ingressClass = (name: string, controller: string): string => `
apiVersion: networking.k8s.io/v1
kind: IngressClass
metadata: { name: ${name} }
spec: { controller: ${controller} }
`;

const ingress = (name: string, { className, annotation }: { className?: string; annotation?: string } = {}): string => `
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: ${name}
  namespace: shop
  annotations: ${JSON.stringify(annotation === undefined ? {} : { 'kubernetes.io/ingress.class': annotation })}
spec: ${JSON.stringify({ ...(className === undefined ? {} : { ingressClassName: className }), rules: [] })}
`;

const classes = [ingressClass('nginx', 'k8s.io/ingress-nginx'), ingressClass('edge', 'traefik.io/ingress-controller')];

const summary = (ingresses: readonly string[], flags: Parameters<typeof testOptions>[0] = {}): readonly string[] =>
  summaryOf({
    state: stateOfYaml([...classes, ...ingresses].join('---\n')),
    options: testOptions(flags),
    watchesClassless: flags.watchIngressWithoutClass ?? false,
    errors: 2,
    warnings: 1,
  });

const count = (ours: number): string => `checked ${ours} of 1 Ingresses; errors: 2, warnings: 1`;

test.each([
  ['of our class', { className: 'nginx' }, [count(1)]],
  ['of our class by the old annotation', { annotation: 'nginx' }, [count(1)]],
  [
    'of a class that another controller serves',
    { className: 'edge' },
    [
      'Ingress shop/web is not served: IngressClass edge has the controller traefik.io/ingress-controller, not k8s.io/ingress-nginx',
      count(0),
    ],
  ],
  [
    'of a class that does not exist',
    { className: 'gone' },
    ['Ingress shop/web is not served: there is no IngressClass gone', count(0)],
  ],
  [
    'of another class by the old annotation, whose text is made safe for a terminal',
    { annotation: 'traefik\u001b[2J' },
    ['Ingress shop/web is not served: its annotation kubernetes.io/ingress.class says traefik\\u001b[2J', count(0)],
  ],
  [
    'without a class',
    {},
    ['without a class, which a cluster serves by --watch-ingress-without-class only: shop/web', count(1)],
  ],
])('an Ingress %s', (_what, facts, lines) => {
  expect(summary([ingress('web', facts)])).toEqual(lines);
});

test('an Ingress without a class needs no word where the flag is given', () => {
  expect(summary([ingress('web')], { watchIngressWithoutClass: true })).toEqual([count(1)]);
});

test('an Ingress of a namespace that is not watched', () => {
  expect(summary([ingress('web', { className: 'nginx' })], { watchNamespace: 'other' })).toEqual([
    'Ingress shop/web is not served: its namespace is not watched',
    count(0),
  ]);
});
