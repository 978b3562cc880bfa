import { Button, Stack, Text } from "@mantine/core";
import { useMutation, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Problem } from "../api/client.ts";
import { sessionQuery } from "../api/session.ts";
import { Dialog } from "./dialog.tsx";
import { ProofForm } from "./proof-form.tsx";

const asksForProof = (error: unknown) =>
  error instanceof Problem && error.code === "session.step_up_needed";

/** A change that may ask for a fresh proof first; `dialog` belongs into the page. */
export function useConfirmed<A, R>(work: (given: A) => Promise<R>, onDone: (result: R) => void) {
  const [waiting, setWaiting] = useState<{ readonly given: A }>();
  const change = useMutation<R, Error, A>({
    mutationFn: work,
    onSuccess: onDone,
    onError: (error, given) => {
      if (asksForProof(error)) setWaiting({ given });
    },
  });
  const confirmed = () => {
    if (waiting === undefined) return;
    setWaiting(undefined);
    change.mutate(waiting.given);
  };
  const dialog = waiting !== undefined && (
    <StepUp onConfirmed={confirmed} onCancel={() => setWaiting(undefined)} />
  );
  return { change, dialog, error: asksForProof(change.error) ? null : change.error };
}

/** Where the provider asks anew who it is, and comes back to this page. */
function freshSignIn(provider: string): string {
  const returnTo = encodeURIComponent(`${location.pathname}${location.search}`);
  const path = `/api/v1/auth/oidc/${encodeURIComponent(provider)}/begin`;
  return `${path}?fresh=true&returnTo=${returnTo}`;
}

interface Props {
  readonly onConfirmed: () => void;
  readonly onCancel: () => void;
}

function StepUp({ onConfirmed, onCancel }: Props) {
  const { t } = useTranslation();
  const { data: session } = useQuery(sessionQuery);
  const methods = session?.methods ?? [];
  return (
    <Dialog onClose={onCancel} title={t("factor.confirmTitle")}>
      <Stack>
        <Text size="sm">{t("factor.confirmIntro")}</Text>
        {methods.includes("sign-in") && session && (
          <>
            <Text size="sm">{t("factor.signInAgain")}</Text>
            <Button component="a" href={freshSignIn(session.provider)}>
              {t("signIn.with", { label: session.provider })}
            </Button>
          </>
        )}
        <ProofForm methods={methods} to="confirm" onShown={onConfirmed} />
      </Stack>
    </Dialog>
  );
}
