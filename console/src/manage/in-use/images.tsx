import { Button, Code, List, Stack, Text } from "@mantine/core";
import { useInfiniteQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import type { Schemas } from "../../../../src/client/api/shapes.gen.ts";
import { call } from "../../api/client.ts";
import type { Page } from "../../api/types.ts";
import { Dialog } from "../../ui/dialog.tsx";
import { ProblemAlert } from "../../ui/problem-alert.tsx";

type Image = Schemas["InUseImage"];

interface Props {
  readonly source: string;
  readonly onClose: () => void;
}

/** What a source says to run, as it was reported. */
export function InUseImages({ source, onClose }: Props) {
  const { t } = useTranslation();
  const path = `/in-use/${source}/images`;
  const found = useInfiniteQuery({
    queryKey: ["in-use", "images", source],
    queryFn: ({ pageParam }) =>
      call<Page<Image>>("GET", `${path}?limit=50${pageParam === "" ? "" : `&cursor=${pageParam}`}`),
    initialPageParam: "",
    getNextPageParam: ({ next }) => next ?? undefined,
  });
  const images = found.data?.pages.flatMap((page) => page.items) ?? [];
  return (
    <Dialog title={t("inUse.imagesOf", { name: source })} onClose={onClose} isWide>
      <Stack>
        <ProblemAlert error={found.error} />
        {found.isSuccess && images.length === 0 && <Text c="dimmed">{t("inUse.noImages")}</Text>}
        {images.length > 0 && (
          <List listStyleType="none" aria-label={t("inUse.imagesOf", { name: source })}>
            {images.map(({ digest, reference }) => (
              <List.Item key={digest}>
                <Code className="wraps">{reference}</Code>
              </List.Item>
            ))}
          </List>
        )}
        {found.hasNextPage && (
          <Button
            variant="default"
            loading={found.isFetchingNextPage}
            onClick={() => void found.fetchNextPage()}
          >
            {t("retention.showMore")}
          </Button>
        )}
      </Stack>
    </Dialog>
  );
}
