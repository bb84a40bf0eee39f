import type { ServerConfig } from './server-config';

/** What a machine needs to become a server. */
export interface UserDataInput {
  /** Where the server's files are, and what they must hash to. */
  readonly bundle: { readonly bucket: string; readonly key: string; readonly sha256: string };
  /** The server's configuration. */
  readonly config: ServerConfig;
  /**
   * S3 address of a folder with the wheels of the lock, such as `s3://bucket/wheels`.
   * @default - PyPI
   */
  readonly wheelhouse?: string;
}

/** Source: EC2 user guide, "Run commands when you launch an EC2 instance with user data input". */
const limitBytes = 16 * 1024;

/**
 * Runs until it succeeded once, also after a restart: what a machine needs may be away for a while when it starts.
 * Source: systemd.service(5), `Restart=` of a oneshot since version 244; Amazon Linux 2023 has 252.
 */
const bootUnit = `[Unit]
Description=Turns this machine into an MLflow tracking server
Wants=network-online.target
After=network-online.target
ConditionPathExists=!/opt/mlflow/booted
StartLimitIntervalSec=0

[Service]
Type=oneshot
RemainAfterExit=yes
ExecStart=/opt/mlflow/fetch-and-boot
ExecStartPost=/usr/bin/touch /opt/mlflow/booted
Restart=on-failure
RestartSec=30
TimeoutStartSec=30min

[Install]
WantedBy=multi-user.target`;

/**
 * Renders the script that a machine runs at its first boot: writes the configuration, and leaves the rest to a unit that is tried
 * again until it succeeds: fetch the bundle, check it, boot.
 *
 * Values may be cdktf tokens: they pass through as they are, and Terraform puts text in their place. The script itself contains
 * no `${` of the shell, which Terraform would take for its own.
 *
 * With MLFLOW_ROOT set it does the same inside that folder.
 * @throws Error when the script is larger than the 16 KB that EC2 takes
 */
export function renderUserData({ bundle, config, wheelhouse }: UserDataInput): string {
  const script = `#!/bin/bash
set -euo pipefail
umask 022
root=$(printenv MLFLOW_ROOT || true)
mkdir -p "$root/etc/mlflow" "$root/opt/mlflow"
cat > "$root/etc/mlflow/server.json" <<'MLFLOW_SERVER_CONFIG'
${JSON.stringify(config, null, 2)}
MLFLOW_SERVER_CONFIG

cat > "$root/opt/mlflow/fetch-and-boot" <<'MLFLOW_FETCH_AND_BOOT'
#!/bin/bash
set -euo pipefail
umask 022
root=$(printenv MLFLOW_ROOT || true)
target="$root/opt/mlflow/${bundle.sha256}"
mkdir -p "$target"
# The role's rights take some seconds to be known everywhere.
archive="$target.tar.gz"
for attempt in 1 2 3 4 5 6 7 8; do
  if aws s3api get-object --region '${config.region}' --bucket '${bundle.bucket}' --key '${bundle.key}' "$archive" > /dev/null; then break; fi
  if [ "$attempt" = 8 ]; then echo "the server's files could not be fetched from S3" >&2; exit 1; fi
  sleep $((attempt * 2))
done
echo '${bundle.sha256}' "$archive" | sha256sum --check --status || { echo "the server's files are not those of this stack" >&2; exit 1; }
tar -xzf "$archive" -C "$target" --no-same-owner
rm "$archive"
${wheelhouse === undefined ? '' : `export MLFLOW_WHEELHOUSE='${wheelhouse}' AWS_DEFAULT_REGION='${config.region}'\n`}exec "$target/boot"
MLFLOW_FETCH_AND_BOOT
chmod 755 "$root/opt/mlflow/fetch-and-boot"
if [ -n "$root" ]; then exec "$root/opt/mlflow/fetch-and-boot"; fi

cat > /etc/systemd/system/mlflow-boot.service <<'MLFLOW_BOOT_UNIT'
${bootUnit}
MLFLOW_BOOT_UNIT
systemctl daemon-reload
systemctl enable --quiet mlflow-boot.service
systemctl start --no-block mlflow-boot.service
`;
  const bytes = Buffer.byteLength(script);
  if (bytes > limitBytes) throw new Error(`user data has ${bytes} bytes, EC2 takes ${limitBytes}`);
  return script;
}
