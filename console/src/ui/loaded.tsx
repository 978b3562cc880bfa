import { Button, Skeleton, Stack } from "@mantine/core";
import type { UseQueryResult } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { Problem } from "../api/client.ts";
import { ProblemAlert } from "./problem-alert.tsx";
import { SignInLink } from "./sign-in-link.tsx";

interface Props<T> {
  readonly query: UseQueryResult<T>;
  readonly children: (data: T) => ReactNode;
}

/** What was read, or its place while it is read, or why it could not be. */
export function Loaded<T>({ query, children }: Props<T>) {
  const { t } = useTranslation();
  if (query.data !== undefined) return children(query.data);
  if (query.error !== null) {
    return (
      <Stack align="flex-start">
        <ProblemAlert error={query.error} />
        {query.error instanceof Problem && query.error.status === 401 ? (
          <SignInLink />
        ) : (
          <Button variant="default" onClick={() => void query.refetch()}>
            {t("app.retry")}
          </Button>
        )}
      </Stack>
    );
  }
  return (
    <Stack role="status" aria-busy="true" aria-label={t("app.loading")}>
      <Skeleton height={24} width="60%" />
      <Skeleton height={24} width="80%" />
      <Skeleton height={24} width="40%" />
    </Stack>
  );
}
