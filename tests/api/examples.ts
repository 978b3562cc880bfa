import { ISSUER, type Tenants } from "./tenants.ts";

let count = 0;

/** A name that nothing has yet. */
export function freshName(): string {
  count += 1;
  return `made-${count}`;
}

const PASSKEY = { ticket: "none", response: { id: "AA", type: "public-key" } };
const WORDS = { oldPassword: "not the password at all", newPassword: "another long password" };

/**
 * A body for every operation that takes one, by its id: right in form, so that what is refused is
 * refused for who asks, and not for what was asked. `home` is the project of the path, if any.
 */
export function exampleBody(
  operation: string,
  { things, users, contents }: Pick<Tenants, "things" | "users" | "contents">,
  home: "system" | "alpha" | "beta",
): unknown {
  const name = freshName();
  const { robot, role } = things[home];
  const member = { subject: { kind: "principal", id: users.spare }, role: "guest" };
  // One that differs each time, since twins are refused.
  const once = { tags: `v${count}-*` };
  const rule = { name, issuer: ISSUER, audience: "entrepot", subject: "repo:a/b", robotId: robot };
  const terms = { repositories: ["**"], rules: [{ action: "keep", tags: ["v*"] }] };
  const examples: Readonly<Record<string, unknown>> = {
    login: { name: "nobody", password: "no password of anybody" },
    askPasskey: {},
    loginWithPasskey: PASSKEY,
    showFactor: { kind: "totp", code: "000000" },
    askOwnPasskey: {},
    confirmSession: { kind: "totp", code: "000000" },
    replacePassword: WORDS,
    updateMe: { displayName: "Somebody" },
    changePassword: WORDS,
    beginTotp: { name: "phone" },
    confirmTotp: { code: "000000" },
    beginPasskey: {},
    addPasskey: { name: "key", ...PASSKEY },
    renewRecoveryCodes: {},
    createToken: { name },
    createLoginPassword: {},
    createUser: { name, password: "a password for somebody new" },
    updateUser: { displayName: "Changed" },
    setAdministrator: { administrator: true },
    setPassword: { password: "a password chosen by another" },
    createGroup: { name },
    updateGroup: { description: "changed" },
    addGroupLink: { provider: "corp", externalName: name },
    removeGroupLink: { provider: "corp", externalName: "b" },
    testProvider: {},
    admitUser: { subject: name, name },
    createProject: { name },
    startScrub: { digest: `sha256:${String(count).padStart(64, "0")}` },
    updateProject: { public: true },
    setTag: { digest: home === "system" ? "" : contents[home].digest },
    createRole: { name, permissions: ["repository:pull"] },
    updateRole: { description: "changed" },
    addMember: { ...member, ...once },
    updateMember: { role },
    explainAccess: { action: "project:read", on: { kind: "project", name: "alpha" } },
    createRobot: { name },
    updateRobot: { description: "changed" },
    rotateRobotSecret: { overlapSeconds: 0 },
    createTrustRule: rule,
    updateTrustRule: { enabled: false },
    updateQuota: { bytesWarn: 1_000_000_000 },
    updateQuotaDefaults: { tagsWarn: 100_000 },
    createImmutabilityRule: { name, tags: "stable-*" },
    updateImmutabilityRule: { exceptTags: ["*-rc"] },
    exchangeWorkloadToken: { token: "none" },
    rotateSigningKey: {},
    createRetentionPolicy: { name, ...terms },
    updateRetentionPolicy: { description: "changed" },
    previewRetention: { terms },
    readForeignRetention: { format: "ecr", document: { rules: [] } },
    reportInUse: { images: [`sha256:${"1".repeat(64)}`] },
  };
  const example = examples[operation.replace(/InProject$/, "")];
  if (example === undefined) throw new Error(`${operation} takes a body: add an example of one`);
  return example;
}
