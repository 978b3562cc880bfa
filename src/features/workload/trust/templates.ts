import type { Language } from "../../../kernel/errors/catalogue.ts";

type Words = Readonly<Record<Language, string>>;

/** A blank of a template that a person fills in: `{name}` in its texts. */
export interface TemplateBlank {
  readonly name: string;
  readonly title: Words;
  readonly example: string;
}

/** A trust rule to begin with. The texts hold blanks; what they make is checked like any other rule. */
export interface TrustTemplate {
  readonly id: string;
  readonly title: Words;
  readonly description: Words;
  readonly issuer: string;
  readonly jwksUrl: string | null;
  readonly audience: string;
  readonly subject: string;
  readonly condition: string | null;
  readonly blanks: readonly TemplateBlank[];
  /** Claims that are worth a condition. */
  readonly claims: readonly { readonly name: string; readonly title: Words }[];
}

const audience: TemplateBlank = {
  name: "registry",
  title: { en: "Host name of this registry", zh: "本仓库的主机名" },
  example: "registry.example.com",
};

function blank(name: string, en: string, zh: string, example: string): TemplateBlank {
  return { name, title: { en, zh }, example };
}

function claim(name: string, en: string, zh: string) {
  return { name, title: { en, zh } };
}

const github: TrustTemplate = {
  id: "github-actions",
  title: { en: "GitHub Actions", zh: "GitHub Actions" },
  description: {
    en: "Workflows of one repository on one branch. The job needs `permissions: id-token: write`. The owner's number keeps out whoever takes over a name that became free.",
    zh: "某一仓库某一分支的工作流。作业需要 `permissions: id-token: write`。所有者编号可防止他人抢注已释放的名称后冒用。",
  },
  issuer: "https://token.actions.githubusercontent.com",
  jwksUrl: null,
  audience: "{registry}",
  subject: "repo:{owner}/{repository}:ref:refs/heads/{branch}",
  condition: 'claims.repository_owner_id == "{owner_id}"',
  blanks: [
    audience,
    blank("owner", "Organisation or user", "组织或用户", "octo-org"),
    blank("repository", "Repository", "仓库", "octo-repo"),
    blank("branch", "Branch", "分支", "main"),
    blank("owner_id", "Number of the organisation or user", "组织或用户的编号", "65"),
  ],
  claims: [
    claim("repository", "The repository, with its owner", "仓库（含所有者）"),
    claim(
      "repository_id",
      "The repository's number, which is never used again",
      "仓库编号，不会重复使用",
    ),
    claim("ref", "The branch or tag: `refs/heads/main`", "分支或标签：`refs/heads/main`"),
    claim("ref_protected", '`"true"` on a protected branch', '受保护分支上为 `"true"`'),
    claim("environment", "The environment of the job", "作业的环境"),
    claim("workflow_ref", "The workflow's file and ref", "工作流文件及其 ref"),
    claim("job_workflow_ref", "The reusable workflow that runs", "正在运行的可复用工作流"),
    claim(
      "event_name",
      "What started it: `push`, `workflow_dispatch`",
      "触发事件：`push`、`workflow_dispatch`",
    ),
    claim(
      "runner_environment",
      "`github-hosted` or `self-hosted`",
      "`github-hosted` 或 `self-hosted`",
    ),
  ],
};

const gitlab: TrustTemplate = {
  id: "gitlab-ci",
  title: { en: "GitLab CI", zh: "GitLab CI" },
  description: {
    en: "Jobs of one project on one protected branch. The job declares `id_tokens` with this audience. For a GitLab of your own, put its URL as the issuer.",
    zh: "某一项目某一受保护分支的作业。作业须以此受众声明 `id_tokens`。自建 GitLab 请将签发者改为其 URL。",
  },
  issuer: "https://gitlab.com",
  jwksUrl: null,
  audience: "https://{registry}",
  subject: "project_path:{group}/{project}:ref_type:branch:ref:{branch}",
  condition: 'claims.ref_protected == "true"',
  blanks: [
    audience,
    blank("group", "Group, with its parents", "群组（含上级）", "my-group"),
    blank("project", "Project", "项目", "my-project"),
    blank("branch", "Branch", "分支", "main"),
  ],
  claims: [
    claim("project_path", "The project, with its groups", "项目（含群组）"),
    claim(
      "project_id",
      "The project's number, which is never used again",
      "项目编号，不会重复使用",
    ),
    claim("namespace_id", "The group's number", "群组编号"),
    claim("ref", "The branch or tag", "分支或标签"),
    claim("ref_type", "`branch` or `tag`", "`branch` 或 `tag`"),
    claim(
      "ref_protected",
      '`"true"` on a protected branch or tag',
      '受保护分支或标签上为 `"true"`',
    ),
    claim("environment", "The environment of the job", "作业的环境"),
    claim("environment_protected", '`"true"` for a protected environment', '受保护环境为 `"true"`'),
    claim(
      "pipeline_source",
      "What started it: `push`, `web`, `schedule`",
      "触发来源：`push`、`web`、`schedule`",
    ),
    claim("user_login", "Who started the pipeline", "启动流水线的用户"),
  ],
};

const kubernetes: TrustTemplate = {
  id: "kubernetes",
  title: { en: "Kubernetes service account", zh: "Kubernetes 服务账户" },
  description: {
    en: "Pods of one service account, by a projected token with this audience. The issuer is the cluster's `--service-account-issuer`; where this registry cannot read its discovery document, name a JWKS URL that it can.",
    zh: "某一服务账户的 Pod，使用以此为受众的投射令牌。签发者即集群的 `--service-account-issuer`；若本仓库无法读取其发现文档，请给出可访问的 JWKS URL。",
  },
  issuer: "{issuer}",
  jwksUrl: null,
  audience: "{registry}",
  subject: "system:serviceaccount:{namespace}:{account}",
  condition: null,
  blanks: [
    audience,
    blank("issuer", "Issuer of the cluster", "集群的签发者", "https://oidc.cluster.example.com"),
    blank("namespace", "Namespace", "命名空间", "ci"),
    blank("account", "Service account", "服务账户", "builder"),
  ],
  claims: [
    claim('["kubernetes.io"].namespace', "The namespace", "命名空间"),
    claim(
      '["kubernetes.io"].serviceaccount.uid',
      "The account's id, which is never used again",
      "账户的唯一标识，不会重复使用",
    ),
    claim('["kubernetes.io"].pod.name', "The pod", "Pod"),
    claim('["kubernetes.io"].node.name', "The node", "节点"),
  ],
};

const spiffe: TrustTemplate = {
  id: "spiffe",
  title: { en: "SPIFFE JWT-SVID", zh: "SPIFFE JWT-SVID" },
  description: {
    en: "One workload of a SPIFFE trust domain, such as SPIRE's. JWT-SVIDs need no `iss`: the trust domain stands for the issuer, and its bundle endpoint has the keys.",
    zh: "SPIFFE 信任域（如 SPIRE）中的某一工作负载。JWT-SVID 无需 `iss`：以信任域作为签发者，密钥取自其 bundle 端点。",
  },
  issuer: "spiffe://{trust_domain}",
  jwksUrl: "{bundle_url}",
  audience: "{registry}",
  subject: "spiffe://{trust_domain}/{path}",
  condition: null,
  blanks: [
    audience,
    blank("trust_domain", "Trust domain", "信任域", "prod.example.com"),
    blank(
      "bundle_url",
      "URL of the bundle (JWKS)",
      "bundle（JWKS）的 URL",
      "https://spire.example.com/keys",
    ),
    blank("path", "Path of the workload", "工作负载路径", "ns/ci/sa/builder"),
  ],
  claims: [claim("sub", "The SPIFFE id", "SPIFFE ID")],
};

/** Rules to begin with, for the issuers that most people have. */
export const trustTemplates: readonly TrustTemplate[] = [github, gitlab, kubernetes, spiffe];
