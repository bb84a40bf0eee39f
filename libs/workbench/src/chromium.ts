import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';

/** Where Chromium or Chrome is installed, or undefined. */
export function findChromium(): string | undefined {
  return [
    ...(process.env.PATH ?? '')
      .split(delimiter)
      .flatMap((folder) =>
        ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'].map((name) => join(folder, name)),
      ),
    '/Applications/Chromium.app/Contents/MacOS/Chromium',
    '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  ].find((path) => existsSync(path));
}

/** Switches of a Chromium that nobody looks at, and that asks for nothing by itself. */
export const chromiumSwitches: readonly string[] = [
  // Its sandbox wants another user than root; it is shown our own pages only.
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--no-first-run',
];
