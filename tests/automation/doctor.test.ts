import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { makeCertificates } from "../../scripts/lib/certificates.ts";
import { run } from "../../scripts/lib/run.ts";
import { type Machine, newMachine } from "../doctor/patient.ts";
import { ADMIN, startRegistry, type TestRegistry } from "../support/registry.ts";
import { startNginx } from "./nginx.ts";
import { ROOT } from "./programs.ts";

const TEAM = ["--project", "team"];
const SLOW = 60_000;

let registry: TestRegistry;
let machine: Machine;
beforeAll(async () => {
  machine = await newMachine();
  registry = await startRegistry({ projects: [{ name: "team" }] });
});
afterAll(async () => {
  await registry.close();
  await machine.close();
});

async function behind(...directives: string[]) {
  const nginx = await startNginx(["listen {port};", ...directives]);
  try {
    return await machine.doctor(`http://127.0.0.1:${nginx.port}`, TEAM, { login: ADMIN });
  } finally {
    await nginx.close();
  }
}

const pass = (...more: string[]) =>
  `location / { proxy_pass ${registry.url}; proxy_http_version 1.1; ${more.join(" ")} }`;
const HOST = "proxy_set_header Host $http_host;";

describe("nginx", () => {
  test(
    "as it comes refuses layers of more than a mebibyte",
    async () => {
      const found = await behind(pass(HOST));
      expect(found.broken).toEqual(["uploads.body_limit"]);
      expect(found.about("uploads.body_limit")).toContain("client_max_body_size 0;");
    },
    SLOW,
  );

  test(
    "keeps uploads back unless it is told not to",
    async () => {
      const kept = await behind("client_max_body_size 0;", pass(HOST));
      expect(kept.broken).toEqual([]);
      expect(kept.about("uploads.buffered")).toContain("proxy_request_buffering off;");
      const open = await behind(
        "client_max_body_size 0;",
        pass(HOST, "proxy_request_buffering off;"),
      );
      expect(open.broken).toEqual([]);
      expect(open.findings.map(({ code }) => code)).toContain("uploads.fine");
    },
    SLOW,
  );

  test(
    "whose own disk takes nothing fails at uploads",
    async () => {
      // Its workers may not write where it keeps bodies.
      const nginx = await startNginx(["listen {port};", pass(HOST)], "nobody nogroup");
      try {
        const at = `http://127.0.0.1:${nginx.port}`;
        const found = await machine.doctor(at, TEAM, { login: ADMIN });
        expect(found.broken).toEqual(["uploads.proxy_fault"]);
        expect(found.about("uploads.proxy_fault")).toContain("client_body_temp_path");
      } finally {
        await nginx.close();
      }
    },
    SLOW,
  );

  test(
    "that hides the host makes a wrong realm",
    async () => {
      const found = await behind("client_max_body_size 0;", pass());
      expect(found.about("realm.other_place")).toContain("`Host`");
      expect(found.about("credentials.not_sent")).toContain("another place");
    },
    SLOW,
  );

  test(
    "without its registry, and with TLS where plain http is spoken",
    async () => {
      expect((await behind("location / { proxy_pass http://127.0.0.1:1; }")).broken).toEqual([
        "ping.gateway",
      ]);
      const folder = join(machine.folder, "tls");
      await mkdir(folder);
      const tls = await makeCertificates(folder, ["127.0.0.1"]);
      const files = [`ssl_certificate ${tls.certFile};`, `ssl_certificate_key ${tls.keyFile};`];
      const nginx = await startNginx(["listen {port} ssl;", ...files, pass(HOST)]);
      try {
        const at = `127.0.0.1:${nginx.port}`;
        expect((await machine.doctor(`http://${at}`)).broken).toEqual(["tls.https_port"]);
        expect((await machine.doctor(`https://${at}`)).broken).toEqual(["tls.unknown_ca"]);
        const known = await machine.doctor(`https://${at}`, ["--ca-file", tls.caFile]);
        expect(known.about("tls.trusted_by_some")).toContain("--ca-file");
        // The server was not told that there is TLS, so it does not know its own address.
        expect(known.about("realm.basic")).toContain("server.public_url");
      } finally {
        await nginx.close();
      }
    },
    SLOW,
  );
});

/** A root, what it signed, and a server's certificate that was signed by that. */
async function chain(
  folder: string,
): Promise<{ root: string; leaf: string; key: string; full: string }> {
  const file = (name: string) => join(folder, name);
  const key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"];
  const openssl = (...argv: string[]) => run(["openssl", ...argv]);
  const sign = async (name: string, by: string, extensions: string) => {
    await writeFile(file(`${name}.ext`), extensions);
    await openssl(
      "req",
      "-new",
      ...key,
      "-keyout",
      file(`${name}.key`),
      "-out",
      file(`${name}.csr`),
      "-subj",
      `/CN=${name}`,
    );
    const signer = ["-CA", file(`${by}.crt`), "-CAkey", file(`${by}.key`), "-CAcreateserial"];
    const rest = ["-days", "2", "-sha256", "-extfile", file(`${name}.ext`)];
    await openssl(
      "x509",
      "-req",
      "-in",
      file(`${name}.csr`),
      "-out",
      file(`${name}.crt`),
      ...signer,
      ...rest,
    );
  };
  await openssl(
    "req",
    "-x509",
    ...key,
    "-keyout",
    file("root.key"),
    "-out",
    file("root.crt"),
    "-subj",
    "/CN=root",
    "-days",
    "2",
  );
  await sign("middle", "root", "basicConstraints=critical,CA:TRUE\nkeyUsage=keyCertSign\n");
  await sign(
    "leaf",
    "middle",
    "subjectAltName=IP:127.0.0.1\nauthorityInfoAccess=caIssuers;URI:http://ca.invalid/middle.crt\n",
  );
  const texts = [file("leaf.crt"), file("middle.crt")].map((path) => Bun.file(path).text());
  await writeFile(file("full.crt"), (await Promise.all(texts)).join(""));
  return {
    root: file("root.crt"),
    leaf: file("leaf.crt"),
    key: file("leaf.key"),
    full: file("full.crt"),
  };
}

test(
  "a chain without its middle",
  async () => {
    const folder = join(machine.folder, "chain");
    await mkdir(folder);
    const { root, leaf, key, full } = await chain(folder);
    for (const [file, broken] of [
      [leaf, ["tls.incomplete_chain"]],
      [full, []],
    ] as const) {
      const secure = await startRegistry({
        settings: { "server.tls.cert_file": file, "server.tls.key_file": key },
      });
      const found = await machine.doctor(secure.url, ["--ca-file", root]);
      expect(found.broken).toEqual([...broken]);
      if (broken.length > 0) expect(found.about("tls.incomplete_chain")).toContain("fullchain.pem");
      await secure.close();
    }
  },
  SLOW,
);

test(
  "a disk of one mebibyte, of this machine and of the server",
  async () => {
    const disk = join(machine.folder, "disk");
    await mkdir(disk);
    await run(["mount", "-t", "tmpfs", "-o", "size=1m,mode=700", "tmpfs", disk]);
    try {
      const found = await machine.doctor(registry.url, ["--images", disk, "--data", disk]);
      expect(found.broken).toEqual(["client_disk.full", "server_data.full"]);
      expect(found.about("client_disk.full")).toContain("1MiB free of 1MiB");
    } finally {
      await run(["umount", disk]);
    }
  },
  SLOW,
);

test(
  "a machine whose clock is two hours behind",
  async () => {
    const program = [process.execPath, join(ROOT, "src/main.ts"), "doctor", registry.url];
    const child = Bun.spawn(["faketime", "-f", "-2h", ...program], {
      env: { PATH: process.env.PATH ?? "", HOME: machine.folder },
    });
    const out = await new Response(child.stdout).text();
    expect(await child.exited).toBe(1);
    expect(out).toContain("the clock of this machine is 2h behind the server's [clock.skew]");
  },
  SLOW,
);
