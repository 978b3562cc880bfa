import { Alert, Skeleton, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { rightsQuery } from "../api/rights.ts";
import { Loaded } from "../ui/loaded.tsx";
import { usePermissionWords } from "./access/permissions.ts";
import type { Scope } from "./scope.ts";

interface Props {
  readonly scope: Scope;
  readonly right: string;
  readonly children: ReactNode;
}

/** A page for those who may see it; others are told what they lack, and nothing is asked for. */
export function Guard({ scope, right, children }: Props) {
  const { t } = useTranslation();
  const wordsOf = usePermissionWords();
  const query = useQuery(rightsQuery(scope));
  if (query.isPending) return <Skeleton height={240} aria-busy="true" />;
  return (
    <Loaded query={query}>
      {(rights) =>
        rights.has(right) ? (
          children
        ) : (
          <Alert color="yellow" title={t("edit.refused")}>
            <Text size="sm">{t("edit.refusedWhy", { right: wordsOf(right) })}</Text>
          </Alert>
        )
      }
    </Loaded>
  );
}
