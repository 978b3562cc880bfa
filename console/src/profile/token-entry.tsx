import { Button, Code } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { Limit, Token } from "../api/types.ts";
import { Entry, Fact } from "../ui/entry.tsx";
import { Time } from "../ui/time.tsx";
import { rightsNameOf } from "./rights.ts";

function Right({ limit }: { readonly limit: Limit }) {
  const { t } = useTranslation();
  const name = rightsNameOf(limit);
  return (
    <Fact>
      {name === undefined ? limit.actions.join(", ") : t(`tokens.${name}`)}:{" "}
      <Code>{limit.repositories.join(", ")}</Code>
    </Fact>
  );
}

interface Props {
  readonly token: Token;
  readonly onRevoke: () => void;
}

export function TokenEntry({ token, onRevoke }: Props) {
  const { t } = useTranslation();
  const { limits, addresses } = token;
  const action = (
    <Button
      variant="light"
      color="red"
      size="compact-sm"
      aria-label={`${t("tokens.revoke")}: ${token.name}`}
      onClick={onRevoke}
    >
      {t("tokens.revoke")}
    </Button>
  );
  return (
    <Entry name={token.name} action={action}>
      {limits === null ? (
        <Fact>{t("tokens.all")}</Fact>
      ) : (
        limits.map((limit) => <Right key={JSON.stringify(limit)} limit={limit} />)
      )}
      {addresses !== null && (
        <Fact>
          {t("tokens.addresses")}: <Code>{addresses.join(", ")}</Code>
        </Fact>
      )}
      <Fact>
        {t("tokens.expires")}: <Time at={token.expiresAt} /> · {t("tokens.lastUsed")}:{" "}
        <Time at={token.lastUsedAt} />
        {token.lastUsedAddress !== null && ` (${token.lastUsedAddress})`}
      </Fact>
    </Entry>
  );
}
