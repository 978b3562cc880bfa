import { expect, test } from "bun:test";
import { loadConfig } from "./load.ts";
import { configWarnings } from "./warnings.ts";

function codes(env: Record<string, string>, flags: Record<string, string> = {}): string[] {
  const overrides = Object.entries(flags).map(([name, value]) => ({ name, value, origin: "--x" }));
  const { config, origins } = loadConfig({ env, overrides });
  return configWarnings(config, origins).map((each) => each.code);
}

const OPEN = {
  ENTREPOT_SERVER_LISTEN: "0.0.0.0:5000",
  ENTREPOT_SERVER_PUBLIC_URL: "https://registry.example.com",
};
const TLS = { ENTREPOT_SERVER_TLS_CERT_FILE: "a", ENTREPOT_SERVER_TLS_KEY_FILE: "b" };

test.each([
  ["the defaults", {}, []],
  ["no auth on loopback", { ENTREPOT_AUTH_INSECURE_NO_AUTH: "true" }, ["no_auth"]],
  [
    "no auth on a network",
    { ...OPEN, ...TLS, ENTREPOT_AUTH_INSECURE_NO_AUTH: "true" },
    ["no_auth_on_network"],
  ],
  ["plain HTTP on a network", OPEN, ["plain_http"]],
  ["TLS on a network", { ...OPEN, ...TLS }, []],
  ["behind a proxy", { ...OPEN, ENTREPOT_SERVER_TRUSTED_PROXIES: "10.0.0.1,unix" }, []],
  [
    "everybody a proxy",
    { ENTREPOT_SERVER_TRUSTED_PROXIES: "10.0.0.0/8,::/0" },
    ["trusts_everyone"],
  ],
  [
    "no public URL",
    { ...TLS, ENTREPOT_SERVER_LISTEN: "127.0.0.1:5000,[::]:5000" },
    ["no_public_url"],
  ],
  ["one address", { ...TLS, ENTREPOT_SERVER_LISTEN: "10.1.2.3:5000" }, []],
  ["a shared database", { ENTREPOT_DATABASE: "postgres://a:b@c/d" }, ["key_in_data_folder"]],
  ["open metrics", { ENTREPOT_SERVER_METRICS_LISTEN: "[::]:9090" }, ["open_metrics"]],
  ["local metrics", { ENTREPOT_SERVER_METRICS_LISTEN: "127.0.0.1:9090" }, []],
  ["a short grace", { ENTREPOT_RECLAIM_GRACE: "5m" }, ["short_grace"]],
] as const)("%s", (_, env, expected) => {
  expect(codes(env)).toEqual([...expected]);
});

test("secrets on the command line", () => {
  const key = { ENTREPOT_SECRETS_KEY: "a key of thirty-two characters, or more" };
  expect(codes(key, { database: "postgres://a:b@c/d" })).toEqual(["secret_on_command_line"]);
  expect(codes({ ...key, ENTREPOT_DATABASE: "postgres://a:b@c/d" })).toEqual([]);
});
