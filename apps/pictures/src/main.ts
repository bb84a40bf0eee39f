import { action, runProgram, UserError } from '@mlflow-on-aws/command-line';
import { chromiumSwitches, findChromium } from '@mlflow-on-aws/workbench';
import { execFileSync } from 'node:child_process';
import { marked } from 'marked';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const usage = `npm run pictures

Makes the README's pictures anew. It needs

  a running "npm run local", whose MLFLOW_TRACKING_URI it reads
  Chromium or Chrome
  a font with emoji: on Debian fonts-noto-color-emoji
`;

async function pictures(): Promise<void> {
  const browser = findChromium();
  if (browser === undefined) throw new UserError('Chromium or Chrome is needed, on Debian "apt-get install chromium"');

  const trackingUri = process.env.MLFLOW_TRACKING_URI ?? 'http://127.0.0.1:5000';
  const run = await newestRun(trackingUri);
  const page = `${trackingUri}/#/experiments/${run.experiment_id}/runs/${run.run_id}`;
  photograph(browser, page, 'docs/images/tracking-ui.png', '1440,1180');
  photographComment(browser, 'apps/plan-review/fixtures/cases/stateful-replaced/comment.md');
  for (const stack of ['dev', 'prod']) {
    execFileSync(process.execPath, ['apps/run.mjs', 'diagram', stack, '--out', `docs/images/${stack}.svg`], {
      stdio: 'inherit',
    });
  }
}

async function newestRun(trackingUri: string): Promise<{ experiment_id: string; run_id: string }> {
  const response = await fetch(`${trackingUri}/api/2.0/mlflow/runs/search`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ experiment_ids: ['1'], max_results: 1 }),
  }).catch(() => undefined);
  const [run] = response?.ok
    ? (((await response.json()) as { runs?: { info: { experiment_id: string; run_id: string } }[] }).runs ?? [])
    : [];
  if (run === undefined) throw new UserError(`no run at ${trackingUri}: start one with "npm run local"`);
  return run.info;
}

/** A comment as GitHub shows it, folded parts closed. */
function photographComment(browser: string, file: string): void {
  const css = readFileSync(
    createRequire(join(process.cwd(), 'package.json')).resolve('github-markdown-css/github-markdown-light.css'),
    'utf8',
  );
  const directory = mkdtempSync(join(tmpdir(), 'pictures-'));
  try {
    const page = join(directory, 'comment.html');
    const html = marked.parse(readFileSync(file, 'utf8'), { async: false, gfm: true });
    writeFileSync(
      page,
      `<!doctype html><meta charset="utf-8"><style>${css} .markdown-body { padding: 24px }</style><body class="markdown-body">${html}`,
    );
    photograph(browser, pathToFileURL(page).href, 'docs/images/plan-comment.png', '1080,720');
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

function photograph(browser: string, page: string, file: string, size: string): void {
  const profile = mkdtempSync(join(tmpdir(), 'pictures-'));
  try {
    execFileSync(
      browser,
      [
        ...['--headless', ...chromiumSwitches],
        ...[`--user-data-dir=${profile}`, '--hide-scrollbars', `--window-size=${size}`, '--virtual-time-budget=20000'],
        ...[`--screenshot=${file}`, page],
      ],
      { stdio: 'ignore' },
    );
  } finally {
    rmSync(profile, { recursive: true, force: true });
  }
  process.stdout.write(`${file}\n`);
}

void runProgram({ name: 'npm run pictures', usage, action: action({ run: pictures }) });
