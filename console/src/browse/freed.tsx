import { Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import type { Schemas } from "../../../src/client/api/shapes.gen.ts";
import { call } from "../api/client.ts";
import { useSize } from "../ui/figure.tsx";

type Space = Pick<Schemas["ArtifactSpace"], "freed" | "unique"> &
  Partial<Pick<Schemas["ArtifactSpace"], "left">>;

interface Props {
  readonly project: string;
  /** The whole project when it is left out. */
  readonly repository?: string;
  /** A digest; the whole repository when it is left out. */
  readonly reference?: string;
}

/** What deleting a project, a repository or an artifact frees, beside what others hold too. */
export function Freed({ project, repository, reference }: Props) {
  const { t } = useTranslation();
  const size = useSize();
  const parts = ["projects", project];
  if (repository !== undefined) parts.push("repositories", repository);
  if (reference !== undefined) parts.push("artifacts", reference);
  const path = `/${[...parts, "space"].map(encodeURIComponent).join("/")}`;
  const { data, isError } = useQuery({
    queryKey: ["space", path],
    queryFn: () => call<Space>("GET", path),
    retry: false,
    staleTime: 0,
  });
  if (isError) return null;
  return (
    <Text role="status">
      {data === undefined
        ? t("storage.weighing")
        : t("storage.frees", { freed: size(data.freed.bytes), all: size(data.unique) })}
      {data?.left !== undefined &&
        data.left.bytes > 0 &&
        ` ${t("storage.left", { left: size(data.left.bytes) })}`}
    </Text>
  );
}
