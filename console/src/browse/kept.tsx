import { List, Text, Title } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import type { Schemas } from "../../../src/client/api/shapes.gen.ts";
import type { Place } from "../api/names.ts";
import { Loaded } from "../ui/loaded.tsx";
import { Time } from "../ui/time.tsx";
import { ArtifactLink } from "./links.tsx";
import { keptQuery } from "./queries.ts";

type Reason = Schemas["Kept"]["reasons"][number];

const WORDS = {
  tag: "tag",
  index: "index",
  subject: "subject",
  manifest: "manifest",
  "trashed-manifest": "trashed",
  trash: "trash",
  grace: "grace",
  "in-use": "inUse",
  untagged: "untagged",
} as const satisfies Record<Reason["kind"], string>;

function Why({ place, reason }: { readonly place: Place; readonly reason: Reason }) {
  const { t } = useTranslation();
  const { kind, name, digest, until } = reason;
  const reference = name ?? digest;
  return (
    <Text size="sm" component="span">
      {t(`reclaim.why.${WORDS[kind]}`)}{" "}
      {reference !== null && <ArtifactLink place={place} reference={reference} />}
      {until !== null && <Time at={until} />}
    </Text>
  );
}

/** Why a manifest is kept: who holds it, or until when it stays. */
export function KeptBecause({ place, digest }: { readonly place: Place; readonly digest: string }) {
  const { t } = useTranslation();
  const query = useQuery(keptQuery(place, digest));
  return (
    <>
      <Title order={2} size="h4">
        {t("reclaim.why.title")}
      </Title>
      <Loaded query={query}>
        {({ reasons }) => (
          <List size="sm" aria-label={t("reclaim.why.title")}>
            {reasons.map((reason) => (
              <List.Item key={`${reason.kind} ${reason.name ?? reason.digest ?? ""}`}>
                <Why place={place} reason={reason} />
              </List.Item>
            ))}
          </List>
        )}
      </Loaded>
    </>
  );
}
