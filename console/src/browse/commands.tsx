import { Code, Group, SegmentedControl, Stack } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { CopyButton } from "../ui/copy-button.tsx";

const TOOLS = ["docker", "podman", "ctr", "skopeo"] as const;
type Tool = (typeof TOOLS)[number];

const KEPT = "entrepot-tool";

function kept(): Tool {
  try {
    return TOOLS.find((tool) => tool === localStorage.getItem(KEPT)) ?? "docker";
  } catch {
    return "docker";
  }
}

/** How a client gets what is at `reference` (`name:tag` or `name@digest`) from this very address. */
function pull(tool: Tool | "helm" | "oras", reference: string): string {
  const at = `${location.host}/${reference}`;
  const isPlain = location.protocol === "http:";
  switch (tool) {
    case "docker":
      return `docker pull ${at}`;
    case "podman":
      return `podman pull ${isPlain ? "--tls-verify=false " : ""}${at}`;
    case "ctr":
      return `ctr images pull ${isPlain ? "--plain-http " : ""}${at}`;
    case "skopeo":
      return `skopeo copy ${isPlain ? "--src-tls-verify=false " : ""}docker://${at} dir:image`;
    case "helm": {
      const [chart, version] = at.split(/:(?=[^/:]+$)/);
      const flags = isPlain ? " --plain-http" : "";
      return `helm pull oci://${chart}${version === undefined ? "" : ` --version ${version}`}${flags}`;
    }
    case "oras":
      return `oras pull ${isPlain ? "--plain-http " : ""}${at}`;
  }
}

const isForTools = (kind: string) => kind === "image" || kind === "index";

/** What gets things that are no images. */
const toolFor = (kind: string) => (kind === "chart" ? "helm" : "oras");

interface Props {
  readonly reference: string;
  readonly kind: string;
}

/** The command that pulls something, for the client that the reader uses. */
export function PullCommand({ reference, kind }: Props) {
  const { t } = useTranslation();
  const [tool, setTool] = useState<Tool>(kept);
  const isImage = isForTools(kind);
  const text = pull(isImage ? tool : toolFor(kind), reference);
  const choose = (value: string) => {
    const found = TOOLS.find((each) => each === value) ?? "docker";
    setTool(found);
    try {
      localStorage.setItem(KEPT, found);
    } catch {
      // It is asked again next time.
    }
  };
  return (
    <Stack gap="xs">
      {isImage && (
        <SegmentedControl
          size="xs"
          className="tools"
          aria-label={t("browse.pull.with")}
          value={tool}
          onChange={choose}
          data={[...TOOLS]}
        />
      )}
      <Group gap="xs" align="flex-start">
        <Code block tabIndex={0} className="command">
          {text}
        </Code>
        <CopyButton text={text} />
      </Group>
    </Stack>
  );
}

/** The same to be copied at once, from a row of a table. */
export function CopyPull({ reference, kind }: Props) {
  const { t } = useTranslation();
  const text = pull(isForTools(kind) ? kept() : toolFor(kind), reference);
  return <CopyButton text={text} label={t("browse.pull.copy", { name: reference })} />;
}
