import { Anchor, Card, Group, Stack, Title } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { placeOf } from "../api/names.ts";
import { Fact } from "../ui/entry.tsx";
import { RepositoryLink } from "./links.tsx";

interface CardProps {
  /** Of its heading. */
  readonly id: string;
  readonly title: string;
  /** Where all of it is. */
  readonly all?: { readonly to: "/projects" | "/repositories"; readonly words: string };
  readonly children: ReactNode;
}

/** A part of the home page. */
export function HomeCard({ id, title, all, children }: CardProps) {
  return (
    <Card withBorder component="section" aria-labelledby={id}>
      <Stack gap="sm">
        <Group justify="space-between">
          <Title order={2} size="h4" id={id}>
            {title}
          </Title>
          {all !== undefined && (
            <Anchor size="sm" renderRoot={(props) => <Link {...props} to={all.to} />}>
              {all.words}
            </Anchor>
          )}
        </Group>
        {children}
      </Stack>
    </Card>
  );
}

export function HomeList({ children }: { readonly children: ReactNode }) {
  return (
    <Stack component="ul" gap="xs" m={0} p={0} className="plain-list">
      {children}
    </Stack>
  );
}

/** A repository by its full name, and something about it. */
export function HomeRepository({ name, children }: { readonly name: string; children: ReactNode }) {
  return (
    <Group component="li" justify="space-between" gap="xs">
      <div className="card-cell">
        <RepositoryLink place={placeOf(name)} />
      </div>
      <Fact>{children}</Fact>
    </Group>
  );
}
