export { ensureAwsProvider, ensureTerraform, type Terraform } from '../toolchain';
export { answers as registryAnswers } from '../toolchain/registry';
export { EmulatedAws, withoutProxy } from './emulated-aws';
export { Progress, type Report } from './progress';
export { pythonEnvironment } from './python';
export { SecondCheckout, type Ended } from './testing/second-checkout';
export { prepareTools, type Tools } from './tools';
export { UserError } from './user-error';
