import type { EnvironmentInput } from '@mlflow-on-aws/config';

/** The environment `dev`. What is not written here comes from the free-tier template in libs/config/src/templates.ts. */
const environment: EnvironmentInput = {
  template: 'free-tier',
  name: 'dev',

  // Your account, 12 digits: credentials of another one are refused.
  accountId: '123456789012',
  region: 'us-east-1',

  access: {
    // Who may reach the tracking URI, such as ['203.0.113.7/32']. Empty: nobody, use the Session Manager port forward.
    trackingCidrs: [],
  },
};

export default environment;
