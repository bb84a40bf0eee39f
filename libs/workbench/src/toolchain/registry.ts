import { Agent, EnvHttpProxyAgent, request } from 'undici';

/** Whether a provider registry answers within a few seconds, through the proxy that the environment names. */
export async function answers(registry: string, timeoutMs = 5_000): Promise<boolean> {
  // Without a proxy the second agent would do nothing but warn that it is experimental.
  const proxied = process.env.HTTPS_PROXY || process.env.https_proxy;
  const dispatcher = proxied ? new EnvHttpProxyAgent() : new Agent();
  // A signal would not do: it leaves a proxy that says nothing all the time it wants.
  const giveUp = setTimeout(() => void dispatcher.destroy(), timeoutMs);
  try {
    const { statusCode, body } = await request(`https://${registry}/.well-known/terraform.json`, { dispatcher });
    await body.dump();
    return statusCode === 200;
  } catch {
    return false;
  } finally {
    clearTimeout(giveUp);
    void dispatcher.destroy();
  }
}
