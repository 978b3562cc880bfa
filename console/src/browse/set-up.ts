export type ClientName =
  | "docker"
  | "certs"
  | "containerd"
  | "podman"
  | "kubernetes"
  | "github"
  | "gitlab"
  | "jenkins";

/** Files and commands that make clients speak to a registry at this address. */
export interface SetUp {
  readonly id: ClientName;
  /** Where it goes; a command has none. */
  readonly file: string | undefined;
  readonly text: string;
}

const CA = "entrepot-ca.crt";

/** What each client wants, for `host` (with its port) over HTTP or HTTPS. */
export function setUps(host: string, isPlain: boolean): readonly SetUp[] {
  const url = `${isPlain ? "http" : "https"}://${host}`;
  const docker = isPlain
    ? JSON.stringify({ "insecure-registries": [host] }, null, 2)
    : JSON.stringify({ "log-level": "info" }, null, 2);
  return [
    { id: "docker", file: "/etc/docker/daemon.json", text: docker },
    {
      id: "certs",
      file: `/etc/docker/certs.d/${host}/ca.crt`,
      text: `install -D -m 644 ${CA} /etc/docker/certs.d/${host}/ca.crt`,
    },
    {
      id: "containerd",
      file: `/etc/containerd/certs.d/${host}/hosts.toml`,
      text: [
        `server = "${url}"`,
        "",
        `[host."${url}"]`,
        '  capabilities = ["pull", "resolve", "push"]',
        ...(isPlain ? [] : [`  ca = "/etc/containerd/certs.d/${host}/${CA}"`]),
      ].join("\n"),
    },
    {
      id: "podman",
      file: "/etc/containers/registries.conf.d/entrepot.conf",
      text: [`[[registry]]`, `location = "${host}"`, `insecure = ${isPlain}`].join("\n"),
    },
    {
      id: "kubernetes",
      file: undefined,
      text: [
        "kubectl create secret docker-registry entrepot \\",
        `  --docker-server=${host} \\`,
        "  --docker-username='robot+team+cluster' \\",
        '  --docker-password="$SECRET"',
        "kubectl patch serviceaccount default \\",
        `  -p '{"imagePullSecrets":[{"name":"entrepot"}]}'`,
      ].join("\n"),
    },
    {
      id: "github",
      file: ".github/workflows/image.yaml",
      text: [
        "on: push",
        "jobs:",
        "  image:",
        "    runs-on: ubuntu-latest",
        "    steps:",
        "      - uses: actions/checkout@v4",
        "      - run: |",
        `          echo "$SECRET" | docker login -u "$ROBOT" --password-stdin ${host}`,
        `          docker build -t ${host}/team/app:$GITHUB_SHA .`,
        `          docker push ${host}/team/app:$GITHUB_SHA`,
        "        env:",
        "          ROBOT: robot+team+ci",
        `          SECRET: \${{ secrets.ENTREPOT_SECRET }}`,
      ].join("\n"),
    },
    {
      id: "gitlab",
      file: ".gitlab-ci.yml",
      text: [
        "image:",
        "  script:",
        `    - echo "$ENTREPOT_SECRET" | docker login -u "$ENTREPOT_ROBOT" --password-stdin ${host}`,
        `    - docker build -t ${host}/team/app:$CI_COMMIT_SHA .`,
        `    - docker push ${host}/team/app:$CI_COMMIT_SHA`,
      ].join("\n"),
    },
    {
      id: "jenkins",
      file: "Jenkinsfile",
      text: [
        "node {",
        `  docker.withRegistry('${url}', 'entrepot-robot') {`,
        `    docker.build("${host}/team/app:\${env.BUILD_NUMBER}").push()`,
        "  }",
        "}",
      ].join("\n"),
    },
  ];
}

/** Errors that people meet, by what they are explained under. */
export const troubles = ["x509", "denied", "tooLarge", "clock", "http"] as const;
