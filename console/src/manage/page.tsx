import { Alert, Group, Stack, Text, Title } from "@mantine/core";
import { useDocumentTitle } from "@mantine/hooks";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";

interface PageProps {
  readonly title: string;
  readonly intro?: string | undefined;
  /** What can be done on this page as a whole. */
  readonly actions?: ReactNode;
  readonly children: ReactNode;
}

/** A page below the frame: its heading, what it is for, what can be done. */
export function Page({ title, intro, actions, children }: PageProps) {
  const { t } = useTranslation();
  useDocumentTitle(`${title} · ${t("app.name")}`);
  return (
    <Stack gap="lg" miw={0}>
      <Group justify="space-between" align="flex-start">
        <Stack gap={4} className="entry-words">
          <Title order={1} size="h2">
            {title}
          </Title>
          {intro !== undefined && <Text c="dimmed">{intro}</Text>}
        </Stack>
        {actions !== undefined && <Group gap="xs">{actions}</Group>}
      </Group>
      {children}
    </Stack>
  );
}

interface SectionProps {
  readonly title: string;
  readonly intro?: string | undefined;
  readonly actions?: ReactNode;
  readonly children: ReactNode;
}

/** A part of a page with a heading of its own. */
export function Section({ title, intro, actions, children }: SectionProps) {
  return (
    <Stack gap="sm" miw={0}>
      <Group justify="space-between">
        <Title order={2} size="h4">
          {title}
        </Title>
        {actions}
      </Group>
      {intro !== undefined && (
        <Text size="sm" c="dimmed">
          {intro}
        </Text>
      )}
      {children}
    </Stack>
  );
}

/** Nothing yet: what would be here, and how to make the first. */
export function Nothing({ words, children }: { readonly words: string; children?: ReactNode }) {
  return (
    <Alert variant="light" color="gray" role="note">
      <Stack align="flex-start" gap="sm">
        <Text>{words}</Text>
        {children}
      </Stack>
    </Alert>
  );
}

/** Something that went well, said once and read out. */
export function Done({ words }: { readonly words: string | undefined }) {
  return (
    <div role="status">
      {words !== undefined && words !== "" && (
        <Alert color="green" variant="light" className="verdict" title={words} />
      )}
    </div>
  );
}
