import { Badge, Card, Group, Stack, Text } from "@mantine/core";
import type { ReactNode } from "react";

/** A list of things that belong to the reader. */
export function Entries({ label, children }: { readonly label: string; children: ReactNode }) {
  return (
    <Stack component="ul" gap="sm" m={0} p={0} w="100%" aria-label={label} className="plain-list">
      {children}
    </Stack>
  );
}

interface EntryProps {
  readonly name: ReactNode;
  /** The exact text behind the name, where that one is made for people. */
  readonly exact?: string | undefined;
  readonly badge?: string | undefined;
  /** What can be done with it. */
  readonly action?: ReactNode;
  readonly children: ReactNode;
}

/** One of them; on a narrow screen the action goes below. */
export function Entry({ name, exact, badge, action, children }: EntryProps) {
  return (
    <Card component="li" withBorder>
      <Group justify="space-between" align="flex-start">
        <Stack gap={4} className="entry-words">
          <Group gap="xs">
            <Text fw={600} title={exact} component="div">
              {name}
            </Text>
            {badge !== undefined && (
              <Badge variant="light" tt="none">
                {badge}
              </Badge>
            )}
          </Group>
          {children}
        </Stack>
        {action}
      </Group>
    </Card>
  );
}

/** Something about an entry, in small print. */
export function Fact({ children }: { readonly children: ReactNode }) {
  return (
    <Text size="sm" c="dimmed">
      {children}
    </Text>
  );
}
