import type { EnvironmentInput } from '@mlflow-on-aws/config';

/** The environment `prod`. What is not written here comes from the production template in libs/config/src/templates.ts. */
const environment: EnvironmentInput = {
  template: 'production',
  name: 'prod',

  // Your account, 12 digits: credentials of another one are refused. It may be another account than that of dev.
  accountId: '123456789012',
  region: 'us-east-1',

  access: {
    // Who may reach the load balancer: in place of this example, the public addresses of your office and VPN.
    trackingCidrs: ['203.0.113.0/24'],
  },

  loadBalancer: {
    // Your name, and the Route 53 zone that it is in; or a certificateArn in place of the zone.
    domainName: 'mlflow.example.com',
    hostedZoneId: 'Z0123456789ABCDEFGHIJ',
  },
};

export default environment;
