import { createHash, X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { chromiumSwitches } from '../chromium';
import { withoutProxy } from '../emulated-aws';

/** What a browser needs to reach a server of this machine by the name that it has in the cloud. */
export interface BrowserSurroundings {
  /** Host names with their ports, such as `mlflow.example.com:443`, and the loopback port that answers for each. @default - no name resolves */
  readonly hosts?: Readonly<Record<string, number>>;
  /** Certificate, PEM, whose key is trusted. @default - nothing but what the browser trusts by itself */
  readonly certificateFile?: string;
}

/** Starts Chromium with a profile of its own, without a window. */
export async function openBrowser(executablePath: string, surroundings: BrowserSurroundings): Promise<Browser> {
  // Only here: what imports this app does not wait for it.
  const { chromium } = await import('playwright-core');
  const { hosts = {}, certificateFile } = surroundings;
  const rules = Object.entries(hosts).map(([host, port]) => `MAP ${host} 127.0.0.1:${port}`);
  return chromium.launch({
    executablePath,
    env: withoutProxy(process.env),
    args: [
      ...chromiumSwitches,
      // What is public in the cloud is a loopback address here, which pages of other origins may not ask at all.
      '--disable-features=LocalNetworkAccessChecks',
      `--host-resolver-rules=${[...rules, 'MAP * ~NOTFOUND', 'EXCLUDE 127.0.0.1'].join(', ')}`,
      // This one key and no other: a browser has no file of authorities to be pointed at.
      ...(certificateFile === undefined ? [] : [`--ignore-certificate-errors-spki-list=${keyHash(certificateFile)}`]),
    ],
  });
}

function keyHash(certificateFile: string): string {
  const { publicKey } = new X509Certificate(readFileSync(certificateFile));
  return createHash('sha256')
    .update(publicKey.export({ type: 'spki', format: 'der' }))
    .digest('base64');
}

/** MLflow's UI, as a person uses it. */
export class TrackingUi {
  private constructor(
    private readonly page: Page,
    private readonly address: string,
  ) {
    page.setDefaultTimeout(30_000);
  }

  /** Opens the UI in a tab of its own. */
  public static async open(context: BrowserContext, address: string): Promise<TrackingUi> {
    return new TrackingUi(await context.newPage(), address);
  }

  /** Makes an experiment. */
  public async createExperiment(name: string): Promise<void> {
    await this.goTo('experiments');
    await this.page.getByTestId('create-experiment-button').click();
    const dialog = this.page.getByRole('dialog', { name: 'Create Experiment' });
    await dialog.getByRole('textbox', { name: 'Experiment Name' }).fill(name);
    await this.acknowledged('experiments/create', () => dialog.getByRole('button', { name: 'Create' }).click());
  }

  /** Gives an experiment another name. */
  public async renameExperiment(id: string, name: string): Promise<void> {
    await this.goTo(`experiments/${id}/runs`);
    await this.page.getByRole('button', { name: 'Open header dropdown menu' }).click();
    await this.page.getByRole('menuitem', { name: 'Edit experiment' }).click();
    const dialog = this.page.getByRole('dialog', { name: 'Edit experiment' });
    await dialog.getByRole('textbox', { name: 'Experiment name' }).fill(name);
    await this.acknowledged('experiments/update', () => dialog.getByRole('button', { name: 'Save' }).click());
  }

  /** Registers the model that a run logged as `logged` under a new name. */
  public async registerModel(experimentId: string, runId: string, logged: string, name: string): Promise<void> {
    await this.goTo(`experiments/${experimentId}/runs/${runId}`);
    await this.page.getByRole('gridcell').getByRole('link', { name: logged, exact: true }).click();
    await this.page.getByRole('button', { name: 'Register model', exact: true }).click();
    const dialog = this.page.getByRole('dialog', { name: 'Register model' });
    await dialog.getByRole('combobox', { name: 'Model' }).click();
    await this.page.getByText('Create New Model').last().click();
    await dialog.getByRole('textbox', { name: 'Model Name' }).fill(name);
    await this.acknowledged('model-versions/create', () => dialog.getByRole('button', { name: 'Register' }).click());
  }

  /** Downloads an artifact of a run; resolves to its content, and where it came from. */
  public async download(
    experimentId: string,
    runId: string,
    file: string,
  ): Promise<{ readonly content: string; readonly from: string }> {
    await this.goTo(`experiments/${experimentId}/runs/${runId}/artifacts`);
    await this.page.getByText(file, { exact: true }).click();
    const [download] = await Promise.all([
      this.page.waitForEvent('download'),
      // A picture without a name.
      this.page.locator('button[data-component-id*="artifactview.tsx"]').last().click(),
    ]);
    return { content: readFileSync(await download.path(), 'utf8'), from: download.url() };
  }

  private async goTo(path: string): Promise<void> {
    await this.page.goto(`${this.address}/#/${path}`);
  }

  private async acknowledged(request: string, act: () => Promise<void>): Promise<void> {
    const [answer] = await Promise.all([
      this.page.waitForResponse((one) => one.url().endsWith(`/mlflow/${request}`)),
      act(),
    ]);
    if (!answer.ok()) throw new Error(`${request}: ${answer.status()} ${await answer.text()}`);
  }
}
