/** What the container of a stock installation of ingress-nginx is started with, its environment filled in. */
export const stockArguments: readonly string[] = [
  '/nginx-ingress-controller',
  '--publish-service=ingress-nginx/ingress-nginx-controller',
  '--election-id=ingress-nginx-leader',
  '--controller-class=k8s.io/ingress-nginx',
  '--ingress-class=nginx',
  '--configmap=ingress-nginx/ingress-nginx-controller',
  '--validating-webhook=:8443',
  '--validating-webhook-certificate=/usr/local/certificates/cert',
  '--validating-webhook-key=/usr/local/certificates/key',
];
