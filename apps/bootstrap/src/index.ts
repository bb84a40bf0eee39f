import { AccountBootstrap } from '@mlflow-on-aws/mlflow';
import type { App } from 'cdktf';

/** Composes the stack `bootstrap` of one account and region. */
export const composeBootstrap = (app: App, account: { readonly accountId: string; readonly region: string }): void =>
  void new AccountBootstrap(app, 'bootstrap', account);
