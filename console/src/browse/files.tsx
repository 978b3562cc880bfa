import {
  Anchor,
  Breadcrumbs,
  Button,
  Code,
  Group,
  Stack,
  Table,
  Text,
  TextInput,
} from "@mantine/core";
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import type { Schemas } from "../../../src/client/api/shapes.gen.ts";
import { ask } from "../api/ask.ts";
import { fullName, type Place } from "../api/names.ts";
import { useSize } from "../ui/figure.tsx";
import { Loaded } from "../ui/loaded.tsx";
import { ProblemAlert } from "../ui/problem-alert.tsx";
import { Standing } from "./insight.tsx";

type File = Schemas["File"];

const SIGNS: Readonly<Record<File["type"], string>> = {
  directory: "d",
  file: "-",
  symlink: "l",
  hardlink: "h",
  other: "?",
  removed: "×",
};
/** Milliseconds between looks while layers are being read. */
const AGAIN = 1_000;

function fileUrl(
  place: Place,
  digest: string,
  wanted: { readonly path: string; readonly download?: "true" },
): string {
  const repository = encodeURIComponent(place.repository);
  const query = new URLSearchParams(wanted);
  return `/api/v1/projects/${place.project}/repositories/${repository}/artifacts/${encodeURIComponent(digest)}/file?${query}`;
}

interface Where {
  readonly path: string;
  readonly search: string;
}

interface Props {
  readonly place: Place;
  readonly digest: string;
}

/** The text of one file, as far as it is one. */
function Content({ place, digest, path }: Props & { readonly path: string }) {
  const query = useQuery({
    queryKey: ["file", fullName(place), digest, path],
    staleTime: Number.POSITIVE_INFINITY,
    queryFn: async () => {
      // Its answer is text, which `ask` does not read.
      const url = fileUrl(place, digest, { path });
      const response = await fetch(url, { credentials: "same-origin" });
      if (response.ok) return await response.text();
      // Its refusal in the words of the API.
      return await ask("readFile", { params: { ...place, reference: digest }, query: { path } });
    },
  });
  return (
    <Loaded query={query}>
      {(text) => (
        <Code block tabIndex={0} className="wraps">
          {text}
        </Code>
      )}
    </Loaded>
  );
}

function Crumbs({ path, onPath }: { readonly path: string; onPath: (path: string) => void }) {
  const { t } = useTranslation();
  const parts = path.split("/").filter((part) => part !== "");
  return (
    <nav aria-label={t("browse.files.folder")}>
      <Breadcrumbs className="trail">
        <Anchor component="button" type="button" onClick={() => onPath("/")}>
          /
        </Anchor>
        {parts.map((part, at) => (
          <Anchor
            key={parts.slice(0, at + 1).join("/")}
            component="button"
            type="button"
            onClick={() => onPath(`/${parts.slice(0, at + 1).join("/")}`)}
          >
            {part}
          </Anchor>
        ))}
      </Breadcrumbs>
    </nav>
  );
}

/** The files of an image as its layers lie upon one another. */
export function Files({ place, digest }: Props) {
  const { t } = useTranslation();
  const size = useSize();
  const [where, setWhere] = useState<Where>({ path: "/", search: "" });
  const [wanted, setWanted] = useState("");
  const [shown, setShown] = useState<string>();
  const query = useInfiniteQuery({
    queryKey: ["files", fullName(place), digest, where],
    queryFn: ({ pageParam }) =>
      ask("listFiles", {
        params: { ...place, reference: digest },
        query: {
          ...(where.search === "" ? { path: where.path } : { search: where.search }),
          ...(pageParam === null ? {} : { cursor: pageParam }),
        },
      }),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next,
    refetchInterval: ({ state }) => (state.data?.pages[0]?.state === "pending" ? AGAIN : false),
  });
  const go = (path: string) => {
    setShown(undefined);
    setWanted("");
    setWhere({ path, search: "" });
  };
  const look = (event: FormEvent) => {
    event.preventDefault();
    setShown(undefined);
    setWhere({ path: "/", search: wanted.trim() });
  };
  const [first] = query.data?.pages ?? [];
  const items = query.data?.pages.flatMap((page) => page.items) ?? [];
  return (
    <Stack>
      <Group component="form" gap="xs" align="flex-end" onSubmit={look}>
        <TextInput
          size="xs"
          label={t("browse.files.search")}
          value={wanted}
          maxLength={256}
          onChange={(event) => setWanted(event.currentTarget.value)}
        />
        <Button type="submit" size="xs" variant="light">
          {t("browse.files.find")}
        </Button>
      </Group>
      <Crumbs path={where.path} onPath={go} />
      <ProblemAlert error={query.error} />
      {first !== undefined && <Standing insight={first} />}
      {first?.state === "ready" && items.length === 0 && <Text>{t("browse.nothingFits")}</Text>}
      <Table.ScrollContainer minWidth={480} scrollAreaProps={{ viewportProps: { tabIndex: 0 } }}>
        <Table aria-label={t("browse.artifact.tab.files")}>
          <Table.Tbody>
            {items.map((file) => (
              <Table.Tr key={`${file.layerIndex} ${file.path}`}>
                <Table.Td>
                  <Code>{`${SIGNS[file.type]} ${file.mode}`}</Code>
                </Table.Td>
                <Table.Td className="wraps">
                  {file.type === "directory" || file.type === "file" ? (
                    <Anchor
                      component="button"
                      type="button"
                      ta="left"
                      onClick={() =>
                        file.type === "directory" ? go(file.path) : setShown(file.path)
                      }
                    >
                      {where.search === "" ? file.name : file.path}
                    </Anchor>
                  ) : (
                    <Text span>
                      {where.search === "" ? file.name : file.path}
                      {file.target === null ? "" : ` → ${file.target}`}
                    </Text>
                  )}
                </Table.Td>
                <Table.Td>{file.type === "file" ? size(file.size) : ""}</Table.Td>
                <Table.Td>{t("browse.files.layer", { number: file.layerIndex + 1 })}</Table.Td>
                <Table.Td>
                  {file.type === "file" && (
                    <Anchor
                      size="sm"
                      href={fileUrl(place, digest, { path: file.path, download: "true" })}
                      download={file.name}
                    >
                      {t("browse.artifact.download")}
                    </Anchor>
                  )}
                </Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
      {query.hasNextPage && (
        <Button
          variant="default"
          size="xs"
          loading={query.isFetchingNextPage}
          onClick={() => void query.fetchNextPage()}
        >
          {t("browse.files.more")}
        </Button>
      )}
      {shown !== undefined && (
        <Stack gap="xs" component="section" aria-label={shown}>
          <Text fw={600} className="wraps">
            {shown}
          </Text>
          <Content place={place} digest={digest} path={shown} />
        </Stack>
      )}
    </Stack>
  );
}
