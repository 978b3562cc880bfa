import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { type AddressInfo, connect, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

export const SUFFIX = "dc=example,dc=org";
const ROOT_DN = `cn=root,${SUFFIX}`;
const ROOT_PASSWORD = "root-of-the-directory";
/** What the registry binds as: it may read people and groups, and no password. */
export const SERVICE_DN = `cn=registry,ou=services,${SUFFIX}`;
export const SERVICE_PASSWORD = "service-password";

export interface SlapdOptions {
  /** What the server's certificate is for; `localhost` and `127.0.0.1` unless told. */
  readonly certificateNames?: string;
}

/** A real OpenLDAP server of the test's own, with TLS. */
export interface Slapd {
  /** `ldap://localhost:…`, which takes StartTLS. */
  readonly url: string;
  /** `ldaps://localhost:…` */
  readonly secureUrl: string;
  /** The authority of its certificate. */
  readonly caFile: string;
  /** An authority that has nothing to do with it. */
  readonly otherCaFile: string;
  /** Adds entries, or changes them where the LDIF has `changetype`. */
  apply(ldif: string): Promise<void>;
  stop(): Promise<void>;
  /** Listens again on the same ports, with what it held. */
  start(): Promise<void>;
  /** Stops it and removes what it stored. */
  drop(): Promise<void>;
}

async function run(command: readonly string[], input = ""): Promise<void> {
  const child = Bun.spawn([...command], {
    stdin: new TextEncoder().encode(input),
    stdout: "ignore",
    stderr: "pipe",
  });
  const said = await new Response(child.stderr).text();
  if ((await child.exited) !== 0) throw new Error(`${command[0]}: ${said}`);
}

async function makeAuthority(folder: string, name: string): Promise<string> {
  const certificate = join(folder, `${name}.pem`);
  const subject = ["-subj", `/CN=${name}`, "-keyout", join(folder, `${name}.key`)];
  const key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"];
  await run(["openssl", "req", "-x509", ...key, ...subject, "-days", "2", "-out", certificate]);
  return certificate;
}

async function makeCertificate(folder: string, authority: string, names: string): Promise<void> {
  const key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"];
  await run([
    ...["openssl", "req", "-x509", ...key, "-subj", "/CN=directory", "-days", "2"],
    ...["-CA", authority, "-CAkey", authority.replace(/pem$/, "key")],
    ...["-addext", `subjectAltName=${names}`, "-addext", "basicConstraints=critical,CA:FALSE"],
    ...["-keyout", join(folder, "server.key"), "-out", join(folder, "server.pem")],
  ]);
}

/** What a registry reads of Active Directory's people, by its own definitions ([MS-ADA1] ff.). */
const WINDOWS = `
attributetype ( 1.2.840.113556.1.4.221 NAME 'sAMAccountName'
  EQUALITY caseIgnoreMatch SYNTAX 1.3.6.1.4.1.1466.115.121.1.15 SINGLE-VALUE )
attributetype ( 1.2.840.113556.1.4.2 NAME 'objectGUID'
  EQUALITY octetStringMatch SYNTAX 1.3.6.1.4.1.1466.115.121.1.40 SINGLE-VALUE )
attributetype ( 1.2.840.113556.1.4.8 NAME 'userAccountControl'
  EQUALITY integerMatch SYNTAX 1.3.6.1.4.1.1466.115.121.1.27 SINGLE-VALUE )
attributetype ( 1.2.840.113556.1.4.159 NAME 'accountExpires'
  EQUALITY integerMatch SYNTAX 1.3.6.1.4.1.1466.115.121.1.27 SINGLE-VALUE )
objectclass ( 1.2.840.113556.1.5.9 NAME 'user' SUP inetOrgPerson STRUCTURAL
  MAY ( sAMAccountName $ objectGUID $ userAccountControl $ accountExpires ) )
`;

function configuration(folder: string): string {
  const schemas = ["core", "cosine", "inetorgperson", "nis"];
  return [
    ...schemas.map((name) => `include /etc/ldap/schema/${name}.schema`),
    `include ${folder}/windows.schema`,
    "modulepath /usr/lib/ldap",
    "moduleload back_mdb",
    "moduleload memberof",
    `TLSCACertificateFile ${folder}/authority.pem`,
    `TLSCertificateFile ${folder}/server.pem`,
    `TLSCertificateKeyFile ${folder}/server.key`,
    // Nobody reads without a name; passwords of people cross only encrypted connections.
    "disallow bind_anon",
    "security simple_bind=128",
    "database mdb",
    `directory ${folder}/data`,
    "maxsize 33554432",
    `suffix ${SUFFIX}`,
    `rootdn ${ROOT_DN}`,
    `rootpw ${ROOT_PASSWORD}`,
    "access to attrs=userPassword by anonymous auth by * none",
    `access to * by dn.exact="${SERVICE_DN}" read by * none`,
    "overlay memberof",
    "memberof-refint TRUE",
    "",
  ].join("\n");
}

async function freePorts(): Promise<[number, number]> {
  const servers = await Promise.all(
    [0, 1].map(async () => {
      const server = createServer();
      await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
      return server;
    }),
  );
  const [one, two] = servers.map((server) => (server.address() as AddressInfo).port);
  await Promise.all(servers.map((server) => new Promise((done) => server.close(done))));
  return [one!, two!];
}

const SKELETON = `
dn: ${SUFFIX}
objectClass: dcObject
objectClass: organization
o: Example

${["people", "groups", "services"].map((ou) => `dn: ou=${ou},${SUFFIX}\nobjectClass: organizationalUnit\n`).join("\n")}
dn: ${SERVICE_DN}
objectClass: organizationalRole
objectClass: simpleSecurityObject
userPassword: ${SERVICE_PASSWORD}
`;

/** Starts a server that holds nothing but its service account. */
export async function startSlapd(options: SlapdOptions = {}): Promise<Slapd> {
  const folder = await mkdtemp(join(tmpdir(), "entrepot-slapd-"));
  await mkdir(join(folder, "data"));
  const caFile = await makeAuthority(folder, "authority");
  const otherCaFile = await makeAuthority(folder, "stranger");
  await makeCertificate(folder, caFile, options.certificateNames ?? "DNS:localhost,IP:127.0.0.1");
  await Bun.write(join(folder, "windows.schema"), WINDOWS);
  await Bun.write(join(folder, "slapd.conf"), configuration(folder));
  const [plain, secure] = await freePorts();
  const listeners = `ldap://127.0.0.1:${plain} ldaps://127.0.0.1:${secure}`;
  let child: Bun.Subprocess<"ignore", "ignore", "pipe"> | undefined;

  const slapd: Slapd = {
    url: `ldap://localhost:${plain}`,
    secureUrl: `ldaps://localhost:${secure}`,
    caFile,
    otherCaFile,
    async apply(ldif) {
      const to = ["-H", `ldaps://127.0.0.1:${secure}`, "-x", "-D", ROOT_DN, "-w", ROOT_PASSWORD];
      // The certificate may be a wrong one on purpose.
      await run(["env", "LDAPTLS_REQCERT=never", "ldapmodify", "-a", ...to], ldif);
    },
    async start() {
      const command = ["slapd", "-d", "256", "-h", listeners, "-f", join(folder, "slapd.conf")];
      child = Bun.spawn(command, { stdin: "ignore", stdout: "ignore", stderr: "pipe" });
      await untilItSays(child.stderr, "slapd starting");
      // It says so a moment before it listens.
      while (!(await Promise.all([plain, secure].map(accepts))).every(Boolean)) await Bun.sleep(5);
    },
    async stop() {
      child?.kill();
      await child?.exited;
    },
    async drop() {
      await slapd.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
  await slapd.start();
  await slapd.apply(SKELETON);
  return slapd;
}

/** Whether somebody takes connections on the port. */
function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: "127.0.0.1", port });
    socket.once("connect", () => resolve(true)).once("error", () => resolve(false));
    socket.once("connect", () => socket.destroy());
  });
}

/** Resolves when the process has said it, and reads on so that it never waits for its reader. */
function untilItSays(stream: ReadableStream<Uint8Array>, words: string): Promise<void> {
  return new Promise((resolve, reject) => {
    void (async () => {
      const decoder = new TextDecoder();
      let said = "";
      let isThere = false;
      for await (const chunk of stream) {
        if (isThere) continue;
        said += decoder.decode(chunk, { stream: true });
        if (said.includes(words)) {
          isThere = true;
          resolve();
        }
      }
      reject(new Error(`the process ended: ${said}`));
    })();
  });
}
