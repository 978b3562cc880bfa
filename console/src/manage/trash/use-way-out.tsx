import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Ask } from "../../ui/ask.tsx";
import { ProblemAlert } from "../../ui/problem-alert.tsx";
import { Done } from "../page.tsx";
import { useAct, useRefresh } from "../save.ts";

/** Something in the trash, and where the server has it. */
interface Lying {
  readonly name: string;
  readonly path: string;
}

/** The two ways out of the trash; `keys`: what is read anew after either. */
export function useWayOut(...keys: readonly string[]) {
  const { t } = useTranslation();
  const refresh = useRefresh(...keys);
  const [said, setSaid] = useState("");
  const [going, setGoing] = useState<Lying>();
  const [words, setWords] = useState("");
  const act = useAct(() => {
    setGoing(undefined);
    setSaid(words);
    refresh();
  });
  return {
    restore({ name, path }: Lying) {
      setWords(t("trash.restored", { name }));
      act.change.mutate({ method: "POST", path: `${path}/restore` });
    },
    empty: setGoing,
    /** What came of it, and the question before what cannot be undone. */
    shown: (
      <>
        <Done words={said} />
        <ProblemAlert error={act.error} />
        {going !== undefined && (
          <Ask
            title={t("trash.emptyTitle", { name: going.name })}
            words={t("trash.emptyWords")}
            yes={t("trash.empty")}
            onYes={() => {
              setWords(t("trash.emptied", { name: going.name }));
              act.change.mutate({ method: "DELETE", path: going.path });
              setGoing(undefined);
            }}
            onNo={() => setGoing(undefined)}
          />
        )}
        {act.dialog}
      </>
    ),
  };
}
