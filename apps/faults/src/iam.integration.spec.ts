import { Laboratory, Load, type Server } from '@mlflow-on-aws/laboratory';
import { waitUntil } from '@mlflow-on-aws/workbench';
import { execFile } from 'node:child_process';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { InstanceRole, type Login } from './instance-role';
import { RdsFrontDoor } from './rds-front-door';

jest.setTimeout(5 * 60_000);

const run = promisify(execFile);

const user = 'mlflow_iam';
const login: Login = { host: 'database.faults.test:5432', user, region: 'us-east-1' };

let laboratory: Laboratory;
let role: InstanceRole;
let door: RdsFrontDoor;
let servers: Server[];
let password: string;

const start = (wish: { secret?: string } = {}) =>
  laboratory.server({
    iamUser: user,
    adminSecret: 'administrator',
    // No connection is older than a second, so that tokens are asked for all the time.
    environment: { ...role.surroundings, MLFLOW_SQLALCHEMYSTORE_POOL_RECYCLE: '1' },
    ...wish,
  });

beforeAll(async () => {
  laboratory = await Laboratory.open();
  await rdsHasIam();
  role = await InstanceRole.open();
  door = await RdsFrontDoor.open({
    ...laboratory.certificateFiles(),
    database: laboratory.databasePort,
    asksForToken,
    allows: (token, name) => role.allows(token, { ...login, user: name }),
  });
  laboratory.databaseWire.mend(door.port);
  password = await laboratory.changePassword();
  await laboratory.publishSecret();
  await laboratory.makeEmptySecret('administrator');
  // Two at once on an empty database: one of them makes the role.
  servers = await Promise.all([start(), start()]);
  await Promise.all(servers.map((server) => server.ready()));
});
afterAll(async () => {
  await laboratory?.close();
  await door?.close();
  await role?.close();
});

/** What an RDS instance has when IAM authentication is on; the database believes the door in what it says of who has a token. */
async function rdsHasIam(): Promise<void> {
  await laboratory.sql('CREATE ROLE rds_iam');
  await laboratory.sql('CREATE ROLE admitted');
  // Since version 16 whoever grants a role must have it to give on; before, the right to make roles is enough.
  if (Number(await laboratory.sql('SHOW server_version_num')) >= 160_000)
    await laboratory.sql('GRANT rds_iam TO mlflow WITH ADMIN TRUE, INHERIT FALSE, SET FALSE');
  const rules = join(laboratory.directory, 'postgres', 'data', 'pg_hba.conf');
  // The master user's line first: since version 16 it is a member of every role that it made.
  const lines = ['hostssl all mlflow 127.0.0.1/32 scram-sha-256', 'hostssl all +admitted 127.0.0.1/32 trust', ''];
  writeFileSync(rules, `${lines.join('\n')}${readFileSync(rules, 'utf8')}`);
  await laboratory.sql('SELECT pg_reload_conf()');
}

const withToken = new Set<string>();

async function asksForToken(name: string): Promise<boolean> {
  if (withToken.has(name)) return true;
  const has = `SELECT count(*) FROM pg_roles WHERE rolname = '${name}' AND pg_has_role(oid, 'rds_iam', 'USAGE')`;
  if ((await laboratory.sql(has)) !== '1') return false;
  await laboratory.sql(`GRANT admitted TO "${name}"`);
  withToken.add(name);
  return true;
}

test('two servers at once: one makes the role, both serve, and everything belongs to one owner', async () => {
  expect(servers.map(({ log }) => log.split('migrating the schema').length - 1).sort()).toEqual([0, 1]);
  expect(servers.some(({ log }) => log.includes('making the role mlflow_iam'))).toBe(true);
  const owners = "SELECT DISTINCT pg_get_userbyid(relowner) FROM pg_class WHERE relnamespace = 'public'::regnamespace";
  expect(await laboratory.sql(owners)).toBe('mlflow_owner');
  const sessions = `SELECT DISTINCT usename FROM pg_stat_activity WHERE application_name = 'mlflow'`;
  expect(await laboratory.sql(sessions)).toBe(user);
});

test('credentials of the machine that are taken back under load: no request fails, and no process is new', async () => {
  const [server] = servers as [Server, Server];
  const { username, password: adminPassword } = JSON.parse(await laboratory.readSecret('administrator'));
  const load = new Load(server.uri, { username, password: adminPassword });
  const { pid } = server;
  load.start({ writers: 4 });
  const after = async (more: number) => waitUntil(() => load.sent.length > more, 30_000);
  expect(await after(20)).toBe(true);
  const [admitted, sent] = [door.admitted.length, load.sent.length];
  role.revoke();
  await server.says('the database refused the token: reading the credentials of this machine');
  expect(await waitUntil(() => door.admitted.length > admitted + 5, 30_000)).toBe(true);
  expect(await after(sent + 50)).toBe(true);
  await load.stop();
  expect(load.sent.filter(({ status }) => status !== 200)).toEqual([]);
  expect(await laboratory.lost(load)).toEqual([]);
  expect(door.refused).toContain(user);
  expect(server.pid).toBe(pid);
});

test('what is no good token is refused: ended, of another user, host or region, changed; and the master user has none', async () => {
  const good = role.token(login);
  const ago = (minutes: number) => new Date(Date.now() - minutes * 60_000);
  const logins = [
    [user, good],
    [user, role.token(login, ago(14))],
    [user, role.token(login, ago(16))],
    [user, role.token({ ...login, user: 'mlflow' })],
    [user, role.token({ ...login, host: 'other.faults.test:5432' })],
    [user, role.token({ ...login, region: 'us-west-2' })],
    [user, good.replace(/.$/, (last) => (last === '0' ? '1' : '0'))],
    [user, good.replace('Expires=900', 'Expires=9000')],
    [user, password],
    ['mlflow', role.token({ ...login, user: 'mlflow' })],
    ['mlflow', password],
    ['nobody', good],
  ];
  const pam = 'PAM authentication failed for user "mlflow_iam"';
  const wrong = (name: string) => `password authentication failed for user "${name}"`;
  const told = ['', '', pam, pam, pam, pam, pam, pam, pam, wrong('mlflow'), '', wrong('nobody')];
  expect(await logIn(logins)).toEqual(told.map((text) => (text === '' ? '' : expect.stringContaining(text))));
});

/** What libpq is told, for each of some users with their passwords. */
async function logIn(logins: readonly string[][]): Promise<string[]> {
  const file = join(laboratory.directory, 'logins.json');
  writeFileSync(file, JSON.stringify(logins), { mode: 0o600 });
  const program = `
import json, psycopg2, sys
def told(user, password):
    try:
        psycopg2.connect(dbname='mlflow_db', user=user, password=password, sslmode='verify-full', host='database.faults.test').close()
    except psycopg2.OperationalError as error:
        return str(error)
    return ''
print(json.dumps([told(*login) for login in json.load(open(sys.argv[1]))]))`;
  const { stdout } = await run(join(laboratory.python.server, 'bin', 'python'), ['-c', program, file], {
    env: laboratory.surroundings,
  });
  rmSync(file);
  return JSON.parse(stdout);
}

test('a later server needs no secret of the database; one gets its right to what the master user made since', async () => {
  const later = await start({ secret: 'there-is-none' });
  await later.ready();
  expect(later.log).not.toContain('making the role');
  await later.stop();
  // As a server does that logs in with the password meanwhile.
  await laboratory.sql('CREATE TABLE since (number int); ALTER TABLE since OWNER TO mlflow');
  const last = await start();
  await last.ready();
  expect(await laboratory.sql(`SELECT pg_get_userbyid(relowner) FROM pg_class WHERE relname = 'since'`)).toBe(
    'mlflow_owner',
  );
  await last.stop();
});

test('password, token and what signs it are in no log, argument, environment or file', async () => {
  const secrets = [password, ...role.secrets, ...role.secrets.map(encodeURIComponent), 'X-Amz-Signature'];
  for (const { log, pid, directory } of servers) {
    const { stdout: files } = await run('grep', ['-rhao', '.*', directory], { maxBuffer: 1 << 28 });
    for (const text of [
      log,
      files,
      ...['cmdline', 'environ'].map((name) => readFileSync(`/proc/${pid}/${name}`, 'utf8')),
    ])
      for (const secret of secrets) expect(text).not.toContain(secret);
  }
});
