export { chromiumSwitches, findChromium } from './chromium';
export { EmulatedAws, withoutProxy } from './emulated-aws';
export { exclusively } from './lock';
export { asset, checkout, dataDirectory } from './paths';
export { onSteadyPort, rememberedPort, reservePort } from './ports';
export { findPostgres, issueCertificate, LocalPostgres } from './postgres';
export {
  addressInUse,
  logFile,
  logTail,
  runningPid,
  startBackground,
  startTime,
  stopBackground,
  untilReady,
  waitUntil,
  type Background,
} from './processes';
export { Progress, type Report } from './progress';
export { ensureUv, pythonEnvironment } from './python-environment';
export { scramVerifier } from './scram';
export { readStack, stacksIn, synthesize, withSynthesis } from './synthesis';
export { openBrowser, TrackingUi } from './testing/browser';
export { cloudEnvironment, SecondCheckout, type Ended } from './testing/second-checkout';
export { ensureAwsProvider, ensureTerraform, type Terraform } from './toolchain';
export { answers as registryAnswers } from './toolchain/registry';
export { prepareTools, rememberedTools, type Tools } from './tools';
