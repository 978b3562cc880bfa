import { Center, Stack, Text } from "@mantine/core";
import type { ReactNode } from "react";

/** What stands where a list would be: what is missing, and what to do about it. */
export function Empty({ words, children }: { readonly words: string; children?: ReactNode }) {
  return (
    <Center py="xl">
      <Stack align="center" gap="sm">
        <Text c="dimmed" ta="center">
          {words}
        </Text>
        {children}
      </Stack>
    </Center>
  );
}
