/** `murmuration serve` as a process: what it prints, how it ends, and what it says when it cannot. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, it } from 'vitest';
import { Client, roomId } from '../signaling/client.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

const running: ChildProcess[] = [];

afterEach(() => {
  for (const child of running.splice(0)) child.kill('SIGKILL');
});

function start(
  command: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv = {},
): ChildProcess {
  const child = spawn(command, args, {
    cwd: root,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...env },
  });
  running.push(child);
  return child;
}

function murmuration(...args: readonly string[]): ChildProcess {
  return start(process.execPath, ['bin/murmuration.js', ...args]);
}

/** The lines of stdout as they come. */
function linesOf(child: ChildProcess): AsyncIterator<string> {
  return createInterface({ input: child.stdout! })[Symbol.asyncIterator]();
}

async function nextOf(lines: AsyncIterator<string>): Promise<string> {
  return (await lines.next()).value as string;
}

/** Everything that a process which ends by itself prints, and its exit status. */
async function outcome(child: ChildProcess): Promise<{ status: number; out: string; err: string }> {
  const [out, err] = [child.stdout!, child.stderr!].map((stream) => {
    const parts: Buffer[] = [];
    stream.on('data', (part: Buffer) => parts.push(part));
    return () => Buffer.concat(parts).toString();
  });
  const [status] = (await once(child, 'close')) as [number];
  return { status, out: out!(), err: err!() };
}

interface Serving {
  readonly event: string;
  readonly port: number;
  readonly addresses: readonly string[];
  readonly metrics?: string;
}

async function serving(child: ChildProcess): Promise<Serving> {
  return JSON.parse(await nextOf(linesOf(child))) as Serving;
}

describe('murmuration serve', () => {
  it('serves the page and the rooms on one port, and ends with 0 at SIGTERM and SIGINT', async () => {
    for (const signal of ['SIGTERM', 'SIGINT'] as const) {
      const child = murmuration('serve', '--port', '0', '--host', '127.0.0.1', '--json');
      const { event, port, addresses } = await serving(child);
      expect(event).toBe('serving');
      expect(addresses).toEqual([`http://127.0.0.1:${port}/`]);
      const page = await fetch(addresses[0]!);
      expect(page.headers.get('content-security-policy')).toContain("default-src 'none'");
      expect(await page.text()).toContain('<script');
      const member = await Client.join(port, roomId(1));
      child.kill(signal);
      await member.closed();
      expect((await outcome(child)).status).toBe(0);
    }
  });

  it('prints its own address first, then those of the network and a code to scan', async () => {
    const child = murmuration('serve', '--port', '0');
    const lines = linesOf(child);
    expect(await nextOf(lines)).toMatch(/http:\/\/localhost:\d+\/$/);
    const rest: string[] = [];
    for (let line = ''; !line.startsWith('Stop it'); rest.push(line)) line = await nextOf(lines);
    const hasNetwork = rest.some((line) => /http:\/\/\d+\.\d+\.\d+\.\d+:\d+\/$/.test(line));
    expect(rest.some((line) => line.includes('█▄▄▄█'))).toBe(hasNetwork);
  });

  it('takes ICE servers from a flag, else from the environment', async () => {
    const welcome = async (child: ChildProcess): Promise<unknown> => {
      const client = await Client.connect((await serving(child)).port);
      client.send({ type: 'join', version: 1, room: roomId(1) });
      return (await client.next('welcome')).iceServers;
    };
    const args = ['bin/murmuration.js', 'serve', '--port', '0', '--json'];
    const env = { MURMURATION_ICE_SERVERS: '[{"urls":"stun:a.example"}]' };
    expect(await welcome(start(process.execPath, args, env))).toEqual([{ urls: 'stun:a.example' }]);
    const flag = ['--ice-servers', '[{"urls":"stun:b.example"}]'];
    expect(await welcome(start(process.execPath, [...args, ...flag], env))).toEqual([
      { urls: 'stun:b.example' },
    ]);
  });

  it('tells its health to anybody, and its metrics only where --metrics says', async () => {
    const flags = ['--port', '0', '--host', '127.0.0.1', '--json'];
    const plain = await serving(murmuration('serve', ...flags));
    expect(plain.metrics).toBeUndefined();
    const health = await (await fetch(`${plain.addresses[0]}health`)).json();
    expect(health).toMatchObject({ status: 'ok', relay: true });
    const child = murmuration('serve', ...flags, '--metrics', '0');
    const { port, addresses, metrics } = await serving(child);
    expect(metrics).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/metrics$/);
    await Client.join(port, roomId(1));
    const text = await (await fetch(metrics!)).text();
    expect(text).toContain('murmuration_rooms 1\n');
    expect(text).toContain('murmuration_relay_reservations 0\n');
    const startedAt = Number(/^process_start_time_seconds (\d+)$/m.exec(text)![1]);
    expect(startedAt).toBeGreaterThan(1_700_000_000);
    expect((await fetch(`${addresses[0]}metrics`)).status).toBe(404);
    child.kill('SIGTERM');
    expect((await outcome(child)).status).toBe(0);
  });

  it('says that the port of the metrics is in use, and ends with 1', async () => {
    const flags = ['--port', '0', '--host', '127.0.0.1', '--json'];
    const { port } = await serving(murmuration('serve', ...flags));
    const { status, err } = await outcome(
      murmuration('serve', ...flags, '--metrics', `127.0.0.1:${port}`),
    );
    expect(status).toBe(1);
    expect(err).toBe(
      `murmuration: port ${port} is in use: stop what uses it, or choose another with --metrics.\n`,
    );
  });

  it('says that a port is in use, and ends with 1', async () => {
    const first = murmuration('serve', '--port', '0', '--host', '127.0.0.1', '--json');
    const { port } = await serving(first);
    const second = murmuration('serve', '--port', String(port), '--host', '127.0.0.1', '--json');
    const { status, out, err } = await outcome(second);
    expect(status).toBe(1);
    expect(out).toBe('');
    expect(err).toBe(
      `murmuration: port ${port} is in use: stop what uses it, or choose another with --port.\n`,
    );
  });

  it.each([
    [['serve', '--port', '70000'], '--port is "70000"'],
    [['serve', '--prot', '80'], 'did you mean --port?'],
    [['serve', '--tls-cert', 'a.pem'], '--tls-key is missing'],
    [['serve', '--tls-cert', 'no.pem', '--tls-key', 'no.pem'], '--tls-cert is "no.pem"'],
    [['serve', '--ice-servers', 'stun:a'], '--ice-servers cannot be used'],
    [['serve', '--allow-origin', 'example.org'], '--allow-origin is "example.org"'],
    [['serve', '--allow-frame', 'https://a.example; b'], '--allow-frame is'],
    [['serve', '--max-peers-per-room', '65'], '--max-peers-per-room is "65"'],
    [['serve', '--metrics', 'everywhere'], '--metrics is "everywhere"'],
    [['serve', '--metrics', '70000'], '--metrics is "70000"'],
    [['serves'], '"serves" is not a command'],
  ])('answers %j with a usage error', async (args, part) => {
    const { status, out, err } = await outcome(murmuration(...args));
    expect(status).toBe(2);
    expect(out).toBe('');
    expect(err).toContain(part);
    expect(err.trimEnd().split('\n')).toHaveLength(1);
  });

  it('says that a host is not of this computer, and ends with 1', async () => {
    const { status, err } = await outcome(
      murmuration('serve', '--port', '0', '--host', '203.0.113.7'),
    );
    expect(status).toBe(1);
    expect(err).toContain('203.0.113.7 is no address of this computer');
  });

  it('shows its help, the version and the commands', async () => {
    const help = await outcome(murmuration('serve', '--help'));
    expect(help).toMatchObject({ status: 0, err: '' });
    expect(help.out).toContain('--allow-origin ORIGIN');
    expect(await outcome(murmuration('--version'))).toMatchObject({ status: 0 });
    expect((await outcome(murmuration('--help'))).out).toMatch(/serve[^]*peer[^]*simulate/);
  });
});

describe('npm run serve', () => {
  it('prints nothing but JSON on stdout, and does not outlive npm', async () => {
    const npm = start('npm', [
      'run',
      'serve',
      '--',
      '--port',
      '0',
      '--host',
      '127.0.0.1',
      '--json',
    ]);
    const { port } = await serving(npm);
    const member = await Client.join(port, roomId(1));
    npm.kill('SIGTERM');
    await member.closed();
  });
});
