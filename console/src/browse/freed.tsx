import { Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import type { Schemas } from "../../../src/client/api/shapes.gen.ts";
import { call } from "../api/client.ts";
import { fullName, type Place } from "../api/names.ts";
import { useSize } from "../ui/figure.tsx";

type Space = Pick<Schemas["ArtifactSpace"], "freed" | "unique"> &
  Partial<Pick<Schemas["ArtifactSpace"], "left">>;

interface Props {
  readonly place: Place;
  /** A digest; the whole repository when it is left out. */
  readonly reference?: string;
}

/** What deleting a repository or an artifact frees, beside what others hold too. */
export function Freed({ place, reference }: Props) {
  const { t } = useTranslation();
  const size = useSize();
  const { project, repository } = place;
  const base = `/projects/${encodeURIComponent(project)}/repositories/${encodeURIComponent(repository)}`;
  const of = reference === undefined ? "" : `/artifacts/${encodeURIComponent(reference)}`;
  const { data, isError } = useQuery({
    queryKey: ["space", fullName(place), reference ?? ""],
    queryFn: () => call<Space>("GET", `${base}${of}/space`),
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
