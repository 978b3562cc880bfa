/** How a verb is called in the world of `every-verb.test.ts`, and what it gives. */
export interface Example {
  /** Command lines that make what it needs; they go well. */
  readonly before?: readonly string[];
  /**
   * The command line, without its form. `{n}` is another word for each form; `{host}`, `{url}`,
   * `{issuer}`, `{digest}`, `{job}` and `{folder}` are the world's.
   */
  readonly run: string;
  /** What it reads from standard input. */
  readonly input?: string;
  /** Left out: an answer, as a table for people and as data for programs. */
  readonly gives?:
    | "answer"
    /** Several of them, one after the other. */
    | "records"
    /** A secret alone for people, so that it can be piped. */
    | "secret"
    /** Words for people; programs have the exit code, and nothing is left to tell. */
    | "word";
}

const LIMITED = "--project team --robot runner --issuer {issuer} --audience a --subject s";

/** A policy that keeps everything. */
export const RETAINED = JSON.stringify({ repositories: ["**"], rules: [{ action: "keep" }] });

/** A lifecycle policy of another registry. */
const LIFECYCLE = JSON.stringify({
  rules: [
    {
      rulePriority: 1,
      selection: { tagStatus: "untagged", countType: "sinceImagePushed", countNumber: 14 },
      action: { type: "expire" },
    },
  ],
});

/** A cluster in which one image runs. */
export const PODS = JSON.stringify({
  items: [{ status: { containerStatuses: [{ imageID: `team/app@sha256:${"1".repeat(64)}` }] } }],
});

const people: Readonly<Record<string, Example>> = {
  "user list": { run: "user list" },
  "user show": { run: "user show admin" },
  "user create": { run: "user create new-{n}", gives: "secret" },
  "user update": { run: "user update ada --description {n}" },
  "user disable": { before: ["user create off-{n}"], run: "user disable off-{n}" },
  "user enable": { before: ["user create on-{n}"], run: "user enable on-{n}" },
  "user delete": { before: ["user create gone-{n}"], run: "user delete gone-{n}" },
  "user restore": {
    before: ["user create back-{n}", "user delete back-{n}"],
    run: "user restore back-{n}",
  },
  "user administrator": { run: "user administrator ada no" },
  "user password": { run: "user password ada", gives: "secret" },
  "user tokens": { run: "user tokens admin" },
  "user sign-out": { run: "user sign-out ada", gives: "word" },
  "user reset-factors": { run: "user reset-factors ada", gives: "word" },
  "group list": { run: "group list" },
  "group create": { run: "group create made-{n}" },
  "group show": { run: "group show makers" },
  "group update": { run: "group update makers --description {n}" },
  "group delete": {
    before: ["group create gone-{n}"],
    run: "group delete gone-{n}",
    gives: "word",
  },
  "group members": { run: "group members makers" },
  "group add": {
    before: ["robot create in-{n}"],
    run: "group add makers robot+in-{n}",
    gives: "word",
  },
  "group remove": {
    before: ["robot create out-{n}", "group add makers robot+out-{n}"],
    run: "group remove makers robot+out-{n}",
    gives: "word",
  },
  "group links": { run: "group links makers" },
  "group link": { run: "group link makers corp cn={n}" },
  "group unlink": {
    before: ["group link makers corp un={n}"],
    run: "group unlink makers corp un={n}",
  },
  "provider list": { run: "provider list" },
  "provider test": { run: "provider test corp" },
};

const projects: Readonly<Record<string, Example>> = {
  "project list": { run: "project list" },
  "project create": { run: "project create made-{n}" },
  "project show": { run: "project show team" },
  "project update": { run: "project update team --description {n} --untagged-after 30d" },
  "project delete": {
    before: ["project create gone-{n}"],
    run: "project delete gone-{n}",
  },
  "project deleted": {
    before: ["project create lost-{n}", "project delete lost-{n}"],
    run: "project deleted",
  },
  "project restore": {
    before: ["project create back-{n}", "project delete back-{n}"],
    run: "project restore back-{n}",
  },
  "project members": { run: "project members team" },
  "project grant": {
    before: ["robot create member-{n}"],
    run: "project grant team robot+member-{n} guest",
  },
  "project revoke": {
    before: ["robot create former-{n}", "project grant team robot+former-{n} guest"],
    run: "project revoke team robot+former-{n}",
    gives: "word",
  },
  "role list": { run: "role list" },
  "role show": { run: "role show developer" },
  "role create": { run: "role create role-{n} --permission repository:pull" },
  "role update": { run: "role update own --description {n}" },
  "role delete": {
    before: ["role create gone-{n} --permission repository:pull"],
    run: "role delete gone-{n}",
    gives: "word",
  },
  "role permissions": { run: "role permissions" },
  "access explain": { run: "access explain --as admin --action push --on team/web/api:1.0" },
  "access members": { run: "access members" },
  "access grant": { before: ["robot create aide-{n}"], run: "access grant robot+aide-{n} auditor" },
  "access revoke": {
    before: ["robot create spent-{n}", "access grant robot+spent-{n} auditor"],
    run: "access revoke robot+spent-{n}",
    gives: "word",
  },
};

const machines: Readonly<Record<string, Example>> = {
  "robot list": { run: "robot list --project team" },
  "robot create": { run: "robot create bot-{n} --project team", gives: "secret" },
  "robot show": { run: "robot show runner --project team" },
  "robot rotate": { run: "robot rotate runner --project team", gives: "secret" },
  "robot disable": {
    before: ["robot create off-{n} --project team"],
    run: "robot disable off-{n} --project team",
  },
  "robot enable": {
    before: ["robot create on-{n} --project team"],
    run: "robot enable on-{n} --project team",
  },
  "robot delete": {
    before: ["robot create gone-{n} --project team"],
    run: "robot delete gone-{n} --project team",
    gives: "word",
  },
  "token list": { run: "token list" },
  "token create": { run: "token create token-{n}", gives: "secret" },
  "token revoke": {
    before: ["token create gone-{n}"],
    run: "token revoke gone-{n}",
    gives: "word",
  },
  "trust list": { run: "trust list --project team" },
  "trust show": { run: "trust show own --project team" },
  "trust create": { run: `trust create rule-{n} ${LIMITED}` },
  "trust enable": { run: "trust enable own --project team" },
  "trust disable": {
    before: [`trust create off-{n} ${LIMITED}`],
    run: "trust disable off-{n} --project team",
  },
  "trust delete": {
    before: [`trust create gone-{n} ${LIMITED}`],
    run: "trust delete gone-{n} --project team",
    gives: "word",
  },
  "trust templates": { run: "trust templates" },
  "immutability list": {
    before: ["immutability create team list-{n} --tags list-{n}-*"],
    run: "immutability list team",
  },
  "immutability create": { run: "immutability create team made-{n} --tags made-{n}-*" },
  "immutability show": {
    before: ["immutability create team shown-{n} --tags shown-{n}-*"],
    run: "immutability show team shown-{n}",
  },
  "immutability update": {
    before: ["immutability create team was-{n} --tags was-{n}-*"],
    run: "immutability update team was-{n} --except *-rc",
  },
  "immutability delete": {
    before: ["immutability create team over-{n} --tags over-{n}-*"],
    run: "immutability delete team over-{n}",
    gives: "word",
  },
  "quota list": { run: "quota list" },
  "quota show": { run: "quota show team" },
  "quota set": { run: "quota set team --bytes-warn 900GiB --tags none" },
  "quota defaults": { run: "quota defaults" },
  "quota check": { run: "quota check team" },
  "immutability preview": { run: "immutability preview team --tags 1*" },
  "retention list": { run: "retention list team" },
  "retention create": { run: "retention create team made-{n} --file -", input: RETAINED },
  "retention show": { run: "retention show team kept" },
  "retention update": { run: "retention update team kept --file -", input: RETAINED },
  "retention delete": { run: "retention delete team over-{n}", gives: "word" },
  "retention preview": { run: "retention preview team kept" },
  "retention import": {
    run: "retention import team ecr --file - --name ecr-{n} --create",
    input: LIFECYCLE,
  },
  "retention run": { run: "retention run team kept --wait" },
  "retention runs": { run: "retention runs team" },
  "retention report": { run: "retention report team {run}" },
  "retention cancel": { run: "retention cancel team {run}" },
  "inuse report": { run: "inuse report --source form-{n}", input: PODS },
  "inuse list": { run: "inuse list" },
  "inuse images": { run: "inuse images form" },
  "inuse remove": { run: "inuse remove gone-{n}", gives: "word" },
  "login-password": { run: "login-password", gives: "secret" },
};

const content: Readonly<Record<string, Example>> = {
  ls: { run: "ls" },
  tags: { run: "tags team/web/api" },
  inspect: { run: "inspect team/web/api:1.0" },
  diff: { run: "diff team/web/api:1.0 :2.0" },
  history: { run: "history team/web/api" },
  tag: { run: "tag team/web/api:1.0 tag-{n}" },
  rm: { before: ["tag team/web/api:1.0 gone-{n}"], run: "rm team/web/api:gone-{n}", gives: "word" },
  files: { run: "files team/web/api:1.0 /etc" },
  rollback: {
    before: ["tag team/web/api:1.0 back-{n}", "tag team/web/api:2.0 back-{n}"],
    run: "rollback team/web/api:back-{n}",
  },
  "trash repositories": {
    before: ["copy team/web/api:1.0 team/gone-{n}:1", "rm --yes --repository team/gone-{n}"],
    run: "trash repositories team",
  },
  "trash artifacts": {
    before: ["copy team/web/api:1.0 team/cut-{n}:1", "rm --yes team/cut-{n}@{digest}"],
    run: "trash artifacts team/cut-{n}",
  },
  "trash tags": {
    before: ["tag team/web/api:1.0 out-{n}", "rm --yes team/web/api:out-{n}"],
    run: "trash tags team/web/api",
  },
  "trash restore": {
    before: ["tag team/web/api:1.0 in-{n}", "rm --yes team/web/api:in-{n}"],
    run: "trash restore team/web/api:in-{n}",
    gives: "word",
  },
  "trash empty": {
    before: ["copy team/web/api:1.0 team/void-{n}:1", "rm --yes --repository team/void-{n}"],
    run: "trash empty team/void-{n}",
    gives: "word",
  },
  search: { run: "search team" },
  star: { run: "star team/web/api", gives: "word" },
  unstar: { run: "unstar team/other", gives: "word" },
  stars: { before: ["star team/web/api"], run: "stars" },
  copy: { run: "copy {host}/team/web/api:1.0 {host}/team/copied:{n}" },
};

const installation: Readonly<Record<string, Example>> = {
  "integrity show": { run: "integrity show" },
  "integrity findings": { run: "integrity findings --all" },
  "integrity scrubs": { run: "integrity scrubs" },
  "integrity scrub": { run: "integrity scrub --digest {digest}" },
  "integrity scrub-show": { run: "integrity scrub-show {scrub}" },
  "integrity pause": { run: "integrity pause {scrub}" },
  "integrity resume": { run: "integrity resume {rested}" },
  "integrity cancel": { run: "integrity cancel {dropped}" },
  "job list": { run: "job list" },
  "job show": { run: "job show {job}" },
  "job cancel": { run: "job cancel {waiting}" },
  "job retry": { before: ["job cancel {idle}"], run: "job retry {idle}" },
  "job watch": { run: "job watch {job}", gives: "records" },
  "job schedules": { run: "job schedules" },
  "job run": { run: "job run jobs.purge" },
  space: { run: "space team" },
  "storage growth": { run: "storage growth" },
  "storage projects": { run: "storage projects" },
  "storage repositories": { run: "storage repositories team" },
  usage: { run: "usage --by repository" },
  "statistics overview": { run: "statistics overview" },
  "statistics traffic": { run: "statistics traffic team" },
  "statistics repositories": { run: "statistics repositories" },
  "statistics routes": { run: "statistics routes" },
  "backup list": {
    before: ["backup create"],
    run: "backup list",
  },
  "backup status": { run: "backup status" },
  "backup create": { run: "backup create --rate 64MiB" },
  "backup drill": { run: "backup drill {backup}" },
  "backup delete": { run: "backup delete {older}", gives: "word" },
  "reclaim status": { run: "reclaim status" },
  "reclaim pause": { run: "reclaim pause" },
  "reclaim resume": { run: "reclaim resume" },
  "reclaim run": { before: ["reclaim resume"], run: "reclaim run" },
  "reclaim why": { run: "reclaim why team/web/api@{digest}" },
  "system show": { run: "system show" },
  "system health": { run: "system health" },
  "system settings": { run: "system settings" },
  "audit list": { run: "audit list" },
  apply: { run: "apply -f - --yes", input: "projects: {applied-{n}: {public: true}}" },
  export: { run: "export --project team" },
  doctor: { run: "doctor {url} --etc {folder} --images {folder}" },
};

/** Every verb that has a form for programs. */
export const examples: Readonly<Record<string, Example>> = {
  ...people,
  ...projects,
  ...machines,
  ...content,
  ...installation,
};
